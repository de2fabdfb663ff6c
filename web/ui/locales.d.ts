// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The build puts these files' content into the bundle, as text.

declare module "*.ftl" {
  const text: string;
  export { text as default };
}
