// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Drawn people, for pictures of a meeting: the script that a page runs before the fake camera.
export function portrait({ wall, skin, hair, shirt, long = false }) {
  const draw = (c, w, h, tick, look) => {
    const shade = c.createLinearGradient(0, 0, w, h);
    shade.addColorStop(0, look.wall[0]);
    shade.addColorStop(1, look.wall[1]);
    c.fillStyle = shade;
    c.fillRect(0, 0, w, h);
    const x = w / 2 + Math.sin(tick / 20) * w * 0.008, y = h * 0.47, r = h * 0.2;
    const oval = (cx, cy, rx, ry, colour) => {
      c.fillStyle = colour;
      c.beginPath();
      c.ellipse(cx, cy, rx, ry, 0, 0, 2 * Math.PI);
      c.fill();
    };
    if (look.long) oval(x, y + r * 0.3, r * 1.15, r * 1.6, look.hair);
    oval(x, h * 1.14, h * 0.47, h * 0.4, look.shirt);
    c.fillStyle = look.skin;
    c.fillRect(x - r * 0.34, y + r * 0.6, r * 0.68, r * 0.9);
    oval(x, y + r * 1.5, r * 0.42, r * 0.22, look.skin);
    oval(x, y - r * 0.18, r * 1.02, r * 1.14, look.hair);
    oval(x, y + r * 0.16, r * 0.86, r * 1.04, look.skin);
    c.fillStyle = look.hair;
    c.beginPath();
    c.ellipse(x, y - r * 0.5, r * 0.92, r * 0.5, 0, Math.PI, 2 * Math.PI);
    c.fill();
    const blink = tick % 90 < 4 ? 0.02 : 0.11;
    for (const side of [-1, 1]) oval(x + side * r * 0.33, y + r * 0.08, r * 0.075, r * blink, "#2b2320");
    c.strokeStyle = "#7a3b34";
    c.lineWidth = r * 0.06;
    c.lineCap = "round";
    c.beginPath();
    c.arc(x, y + r * 0.48, r * 0.3, 0.15 * Math.PI, 0.85 * Math.PI);
    c.stroke();
  };
  const look = JSON.stringify({ wall, skin, hair, shirt, long });
  return `globalThis.zegelPaint = (c, w, h, tick) => (${draw})(c, w, h, tick, ${look});`;
}

export const people = [
  { name: "Anna de Wit", wall: ["#dfe7ea", "#a9bcc4"], skin: "#f1c9a5", hair: "#7b4a2b", shirt: "#26547c", long: true },
  { name: "Bram Visser", wall: ["#efe6d8", "#cbb59a"], skin: "#e2ac80", hair: "#2f2622", shirt: "#3d5a3f" },
  { name: "Chandra Ramlal", wall: ["#e7dfee", "#b3a3c4"], skin: "#a8714a", hair: "#1d1715", shirt: "#8c2f39", long: true },
  { name: "Daan Jansen", wall: ["#dcebe2", "#9dbfab"], skin: "#f3d2b3", hair: "#c9974f", shirt: "#46494c" },
  { name: "Eefje Bakker", wall: ["#f2e3df", "#d2a79c"], skin: "#eec39a", hair: "#8e8e93", shirt: "#5b4b8a", long: true },
];
