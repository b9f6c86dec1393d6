/* Where faces may be on a photo: Viola and Jones' detector, in this browser, on the picture it shows already. Nothing is
   sent anywhere. It misses people (helmets, masks, profiles) and sees some that are none, so it only suggests. */

const LONGEST = 960;      // px of the longer edge that is looked at; the smallest face found there is 20 px wide
const ROOM = 0.12;        // of the found square added on every side: hair and chin are part of a face
const LOOK = { scale: 1, factor: 1.25, step: 1.5, edges: 0.1 };

let loaded;
const detector = (library, faces) => {
  loaded ??= import(library).then(() => import(faces)).then(() => globalThis.tracking.ViolaJones).catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
};

/** The pixels, small enough to be looked at at once. Throws SecurityError for a picture from elsewhere. */
const pixelsOf = (image) => {
  const shrunk = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
  const [width, height] = [image.naturalWidth, image.naturalHeight].map((edge) => Math.max(1, Math.round(edge * shrunk)));
  const sheet = document.createElement("canvas");
  Object.assign(sheet, { width, height });
  const brush = sheet.getContext("2d", { willReadFrequently: true });
  brush.drawImage(image, 0, 0, width, height);
  return brush.getImageData(0, 0, width, height);
};

const boxed = (found, { width, height }) => {
  const spare = found.width * ROOM;
  const part = (value, whole) => Math.round((Math.min(Math.max(value, 0), whole) / whole) * 1000);
  const [left, right] = [found.x - spare, found.x + found.width + spare].map((x) => part(x, width));
  const [top, bottom] = [found.y - spare, found.y + found.height + spare].map((y) => part(y, height));
  return { left, top, width: right - left, height: bottom - top };
};

/** Boxes in thousandths of the picture's width and height, largest first. */
export const facesIn = async (image, { library, faces }) => {
  const [finder] = await Promise.all([detector(library, faces), image.decode()]);
  const seen = pixelsOf(image);
  const found = finder.detect(
    seen.data, seen.width, seen.height, LOOK.scale, LOOK.factor, LOOK.step, LOOK.edges, finder.classifiers.face);
  return found.sort((one, other) => other.width - one.width).map((each) => boxed(each, seen));
};
