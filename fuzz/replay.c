/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* Runs a fuzz target over files, where libFuzzer does not drive it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { file_max = 1 << 20 };

int main(int argc, char **argv)
{
	uint8_t *buf = malloc(file_max);

	for (int i = 1; buf != NULL && i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");

		if (f == NULL)
			continue;
		/* A copy of the exact size, so that a sanitizer sees a read past its end. */
		size_t n = fread(buf, 1, file_max, f);
		uint8_t *exact = malloc(n + 1);

		fclose(f);
		if (exact == NULL)
			break;
		for (size_t k = 0; k < n; k++)
			exact[k] = buf[k];
		exact = realloc(exact, n ? n : 1);
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	free(buf);
	printf("%d files replayed\n", argc - 1);
	return 0;
}
