// Fonts, images, video frames, textures and shapes: shown freely, but read only with CORS.

const ORANGE = [255, 140, 26];
const TEAL = [42, 157, 143];
const BROWN = [206, 160, 104];

// Most engines ask for ranges of a clip, WebKit's GTK port for all of it.
const inPartsOrWhole = (outcome) => [
  ["GET 206", outcome],
  ["GET 200", outcome],
];

export const media = {
  title: "Fonts, canvases, textures, shapes",
  about: "The same files three ways: below /static with CORS, without asking for CORS, and below /vault, where it is off.",
  rows: [
    {
      id: "font",
      title: "@font-face",
      note: "Fonts are always fetched with CORS.",
      sent: ["@font-face { src: url(/static/pixel.woff2) }"],
      run: (lab) => font(lab, "/static", true),
      want: ["GET 200", "font is drawn"],
    },
    {
      id: "font-refused",
      title: "@font-face from the vault",
      note: "Its neighbour: same file, no grant.",
      sent: ["@font-face { src: url(/vault/pixel.woff2) }"],
      run: (lab) => font(lab, "/vault", false),
      want: ["GET 200", "blocked"],
    },
    {
      id: "image",
      title: "Canvas, image",
      note: "drawImage, then getImageData: the canvas is not tainted.",
      sent: ["<img crossorigin src=/static/orange.png>", "drawImage, getImageData"],
      run: async (lab) => {
        const canvas = draw(await image(lab, "/static/orange.png", "anonymous"), 96);
        lab.show(canvas, "image on a canvas");
        return pixel(canvas, 48, 51, ORANGE);
      },
      want: ["GET 200", "pixels are readable"],
    },
    {
      id: "image-tainted",
      title: "Canvas, image without crossorigin",
      note: "Its neighbour: the picture is drawn, and the canvas locks.",
      sent: ["<img src=/static/orange.png>", "drawImage, getImageData"],
      run: async (lab) => pixel(draw(await image(lab, "/static/orange.png", null), 96), 48, 51, ORANGE),
      want: ["GET 200", "canvas is tainted"],
    },
    {
      id: "image-refused",
      title: "Canvas, image from the vault",
      note: "Asked for with CORS and not granted: the picture does not load at all.",
      sent: ["<img crossorigin src=/vault/orange.png>"],
      run: async (lab) => pixel(draw(await image(lab, "/vault/orange.png", "anonymous"), 96), 48, 51, ORANGE),
      want: ["GET 200", "blocked"],
    },
    {
      id: "video",
      title: "Canvas, video frame",
      note: "One frame of a clip, drawn and read.",
      sent: ["<video crossorigin src=/static/clip.webm>", "drawImage, getImageData"],
      repeats: true,
      run: async (lab) => {
        const { canvas, seen } = await frame(await video(lab, "anonymous"));
        lab.show(canvas, "video frame on a canvas");
        return seen;
      },
      wantEither: inPartsOrWhole("pixels are readable"),
    },
    {
      id: "video-tainted",
      title: "Canvas, video without crossorigin",
      note: "Its neighbour: the frame is drawn, and the canvas locks.",
      sent: ["<video src=/static/clip.webm>", "drawImage, getImageData"],
      repeats: true,
      run: async (lab) => (await frame(await video(lab, null))).seen,
      wantEither: inPartsOrWhole("canvas is tainted"),
    },
    {
      id: "texture",
      title: "WebGL texture",
      note: "WebGL accepts no picture that the page may not read.",
      sent: ["<img crossorigin src=/static/weave.png>", "texImage2D, readPixels"],
      run: async (lab) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 96, height: 96 });
        const outcome = texture(canvas, await image(lab, "/static/weave.png", "anonymous"));
        lab.show(canvas, "WebGL texture");
        return outcome;
      },
      want: ["GET 200", "texture is drawn"],
    },
    {
      id: "texture-tainted",
      title: "WebGL texture without crossorigin",
      note: "Its neighbour: texImage2D throws.",
      sent: ["<img src=/static/weave.png>", "texImage2D"],
      run: async (lab) => texture(document.createElement("canvas"), await image(lab, "/static/weave.png", null)),
      want: ["GET 200", "texture is refused"],
    },
    {
      id: "shape",
      title: "shape-outside",
      note: "Text flows around the orange, not around its box: the page learns the shape, so this needs CORS.",
      sent: ["shape-outside: url(/static/orange.png)"],
      repeats: true,
      run: (lab) => shape(lab, "/static", 6000),
      want: ["GET 200", "text follows the shape"],
    },
    {
      id: "shape-refused",
      title: "shape-outside from the vault",
      note: "Its neighbour: without the grant there is only the box.",
      sent: ["shape-outside: url(/vault/orange.png)"],
      repeats: true,
      run: (lab) => shape(lab, "/vault", 1200),
      want: ["GET 200", "text keeps to the box"],
    },
  ],
};

async function font(lab, folder, visible) {
  const sheet = new CSSStyleSheet();
  // A name of its own, or a face that failed in an earlier run would fail this one.
  const family = `Shop ${lab.token}`;
  sheet.replaceSync(`@font-face { font-family: "${family}"; src: url("${lab.url(`${folder}/pixel.woff2`)}") }`);
  document.adoptedStyleSheets.push(sheet);
  try {
    await document.fonts.load(`40px "${family}"`, "CORS");
  } catch {
    return "blocked";
  }
  const text = Object.assign(document.createElement("span"), { textContent: "CORS", className: "sample" });
  text.style.fontFamily = `"${family}", monospace`;
  if (visible) lab.show(text, "@font-face");
  // Each letter of the font is 0.6 em wide, and its height of 0.8 em is drawn in squares.
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `100px "${family}", serif`;
  return Math.abs(pen.measureText("CORS").width - 240) < 1 ? "font is drawn" : "another font is drawn";
}

function image(lab, path, crossOrigin) {
  return new Promise((resolve, reject) => {
    const element = new Image();
    element.crossOrigin = crossOrigin;
    element.onload = () => resolve(element);
    element.onerror = () => reject(new TypeError("the image did not load"));
    element.src = lab.url(path);
  });
}

function video(lab, crossOrigin) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("video");
    Object.assign(element, { crossOrigin, muted: true, playsInline: true, preload: "auto" });
    element.onloadeddata = () => resolve(element);
    element.onerror = () => reject(new TypeError("the video did not load"));
    element.src = lab.url("/static/clip.webm");
  });
}

// A frame that is loaded may still have to be decoded: until then nothing is drawn.
async function frame(element) {
  for (let tries = 0; ; tries++) {
    const canvas = draw(element, 64);
    const seen = pixel(canvas, 4, 4, TEAL);
    if (seen !== "pixel is 0,0,0,0" || tries === 100) return { canvas, seen };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function draw(source, size) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, size, size);
  return canvas;
}

function pixel(canvas, x, y, want) {
  try {
    const found = canvas.getContext("2d").getImageData(x, y, 1, 1).data;
    return near(found, want) ? "pixels are readable" : `pixel is ${found}`;
  } catch (error) {
    if (error.name === "SecurityError") return "canvas is tainted";
    throw error;
  }
}

// Video goes through another colour space and back.
function near(found, want) {
  return want.every((value, i) => Math.abs(value - found[i]) <= 16);
}

function texture(canvas, source) {
  const gl = canvas.getContext("webgl");
  if (!gl) return "no WebGL here";
  const program = gl.createProgram();
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  try {
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
  } catch (error) {
    if (error.name === "SecurityError") return "texture is refused";
    throw error;
  }
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  const found = new Uint8Array(4);
  gl.readPixels(2, 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, found);
  return near(found, BROWN) ? "texture is drawn" : `texel is ${found}`;
}

const VERTEX = `
attribute vec2 corner;
varying vec2 place;
void main() { place = corner * 0.5 + 0.5; gl_Position = vec4(corner, 0.0, 1.0); }`;

const FRAGMENT = `
precision mediump float;
uniform sampler2D picture;
varying vec2 place;
void main() { gl_FragColor = texture2D(picture, place); }`;

// No event tells when a shape has loaded: the text's place does.
async function shape(lab, folder, patience) {
  const box = Object.assign(document.createElement("div"), { className: "shape" });
  const float = document.createElement("i");
  const url = lab.url(`${folder}/orange.png`);
  float.style.shapeOutside = `url("${url}")`;
  box.append(float, "Text that flows around an orange keeps close to its skin, line by line, as far as the shape is known.");
  if (folder === "/static") {
    // To be seen, the picture needs no CORS.
    float.style.backgroundImage = `url("${url}&seen")`;
    lab.show(box, "shape-outside");
  } else {
    box.classList.add("aside");
    document.body.append(box);
  }
  const text = document.createRange();
  text.selectNodeContents(box.lastChild);
  const indent = () => text.getClientRects()[0].left - box.getBoundingClientRect().left;
  const end = performance.now() + patience;
  while (performance.now() < end) {
    if (indent() < 94) return "text follows the shape";
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  return "text keeps to the box";
}
