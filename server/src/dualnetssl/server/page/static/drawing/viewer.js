// The picture of a case: NiiVue with the scan below and what is known of it in layers above. No request, no control.

import { t } from "./words.js";

const LIBRARY = "page/niivue.js";
const FROM_ZERO = 1; // NiiVue: colours run from 0, what is below the threshold is not drawn
const BELOW = ["anatomy", "label", "segmentation", "uncertainty", "disagreement"];
const MAPS = { uncertainty: "hot", disagreement: "cool" };
const CUT_DIRECTION = [180, 0]; // azimuth and elevation in degrees
const UNCUT = 2; // NiiVue: a depth outside the volume

export const VIEWS = { all: t("Three planes and 3-D"), axial: t("Axial"), coronal: t("Coronal"), sagittal: t("Sagittal"), volume: t("3-D") };
export const AXES = [t("Left to right"), t("Back to front"), t("Foot to head")];

/** Load the library once; it is large, and nobody but this view needs it. */
function library() {
  if (window.niivue) return Promise.resolve(window.niivue);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.onload = () => resolve(window.niivue);
    script.onerror = () => (script.remove(), reject(new Error(t("The viewer could not be loaded. Reload the page."))));
    document.head.append(script);
  });
}

export class Viewer {
  #layers = new Map();
  #library;
  #nv;

  /** Make a viewer on a canvas; `onPlace` is told {mm, values} whenever the crosshair moves. */
  static async on(canvas, onPlace) {
    const viewer = new Viewer();
    viewer.#library = await library();
    const { Niivue, MULTIPLANAR_TYPE, SHOW_RENDER } = viewer.#library;
    viewer.#nv = new Niivue({
      backColor: [0, 0, 0, 1], fontColor: [0.8, 0.8, 0.8, 1], crosshairColor: [0.34, 0.71, 0.91, 0.8], isColorbar: true, clipPlaneColor: [0, 0, 0, 0],
      dragAndDropEnabled: false, isRadiologicalConvention: true, multiplanarShowRender: SHOW_RENDER.ALWAYS, multiplanarLayout: MULTIPLANAR_TYPE.GRID, logLevel: "error",
      crosshairWidthUnit: "percent", crosshairWidth: 0.7, isNearestInterpolation: true,
    });
    viewer.#nv.onLocationChange = () => onPlace(viewer.place());
    await viewer.#nv.attachToCanvas(canvas);
    return viewer;
  }

  /** Show a volume as a layer; throws if it is of a kind that cannot be drawn. */
  async add(name, buffer, labels) {
    const volume = await this.#library.NVImage.new(buffer, `${name}.nrrd`, MAPS[name] ?? "gray");
    volume.colorbarVisible = name in MAPS;
    if (name in MAPS) Object.assign(volume, { colormapType: FROM_ZERO, cal_min: 0, cal_max: 1 });
    if (name === "label" || name === "segmentation") volume.setColormapLabel(colours(labels));
    this.remove(name);
    this.#layers.set(name, volume);
    this.#nv.addVolume(volume);
    this.#nv.setVolume(volume, this.#order(name));
    this.#nv.createOnLocationChange();
  }

  has(name) {
    return this.#layers.has(name);
  }

  remove(name) {
    if (!this.has(name)) return;
    this.#nv.removeVolume(this.#layers.get(name));
    this.#layers.delete(name);
  }

  /** 0 hides a layer, 1 shows nothing below it. */
  opacity(name, value) {
    if (!this.has(name)) return;
    const volume = this.#layers.get(name);
    volume.colorbarVisible = name in MAPS && value > 0;
    this.#nv.setOpacity(this.#nv.getVolumeIndexByID(volume.id), value);
  }

  /** Draw nothing of a map below a value of 0 to 1. */
  threshold(name, value) {
    if (this.has(name)) this.#change(name, { cal_min: value });
  }

  /** The lowest and highest value of the scan, and those that are drawn as black and white. */
  get window() {
    const { global_min: low, global_max: high, cal_min: black, cal_max: white } = this.#layers.get("anatomy");
    return { low, high, black, white };
  }

  set window({ black, white }) {
    this.#change("anatomy", { cal_min: black, cal_max: white });
  }

  view(name) {
    const { MULTIPLANAR, AXIAL, CORONAL, SAGITTAL, RENDER } = this.#library.SLICE_TYPE;
    this.#nv.setSliceType({ all: MULTIPLANAR, axial: AXIAL, coronal: CORONAL, sagittal: SAGITTAL, volume: RENDER }[name]);
  }

  /** Cut a share of 0 to 1 off the 3-D picture. */
  cut(share) {
    this.#nv.setClipPlane([share ? 0.5 - share : UNCUT, ...CUT_DIRECTION]);
  }

  /** Voxels along left-right, back-front, foot-head. */
  get size() {
    return [...this.#layers.get("anatomy").dimsRAS.slice(1, 4)];
  }

  /** Where the crosshair is: voxel along each axis, place in mm, and the value of each layer there. */
  place() {
    const { crosshairPos } = this.#nv.scene;
    const mm = this.#nv.frac2mm(crosshairPos);
    const at = (volume) => volume.getValue(...volume.mm2vox([...mm]), 0);
    return { voxel: [...this.#nv.frac2vox(crosshairPos)], mm: [...mm].slice(0, 3), values: new Map([...this.#layers].map(([name, volume]) => [name, at(volume)])) };
  }

  /** Move the crosshair to a voxel, as `place` gives it. */
  go(voxel) {
    this.#nv.scene.crosshairPos = this.#nv.vox2frac(voxel);
    this.#nv.createOnLocationChange();
    this.#nv.drawScene();
  }

  /** Go to the highest value of a map. */
  goToHighest(name) {
    const volume = this.#layers.get(name);
    const best = volume.img.reduce((found, value, index) => (value > volume.img[found] ? index : found), 0);
    const [, columns, rows] = volume.hdr.dims;
    const native = [best % columns, Math.floor(best / columns) % rows, Math.floor(best / (columns * rows))];
    const mm = volume.hdr.affine.slice(0, 3).map((row) => row[0] * native[0] + row[1] * native[1] + row[2] * native[2] + row[3]);
    this.go(this.#nv.frac2vox(this.#nv.mm2frac(mm)));
  }

  close() {
    this.#nv.cleanup();
    this.#nv.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #change(name, fields) {
    Object.assign(this.#layers.get(name), fields);
    this.#nv.updateGLVolume();
  }

  #order(name) {
    const below = [...this.#layers.keys()].sort((one, other) => BELOW.indexOf(one) - BELOW.indexOf(other));
    return below.indexOf(name);
  }
}

/** The table of colours that NiiVue draws labels with; background is not drawn. */
function colours(labels) {
  const all = [{ value: 0, name: "background", colour: [0, 0, 0] }, ...labels];
  const channel = (at) => all.map(({ colour }) => colour[at]);
  return { R: channel(0), G: channel(1), B: channel(2), A: all.map(({ value }) => (value ? 255 : 0)), I: all.map(({ value }) => value), labels: all.map(({ name }) => name) };
}
