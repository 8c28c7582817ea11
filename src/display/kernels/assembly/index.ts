export { compareTiles, copyBoxes, copyPicture, moveRect } from './compare';
export { classify, hashRect, packRect, packRgb, solidColour } from './content';
export { findShift, hashColumns, hashRows } from './scroll';
export { lz4Encode } from './lz4';
export { lzEncode } from './lz';
