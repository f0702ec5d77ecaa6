// Stands in for d3-geo, of which Observable Plot asks for maps alone: we draw none, and it is a tenth of the script.
// Whoever needs a map takes the alias out of vite.*.ts.
function absent(): never {
  throw new Error("built without d3-geo");
}

// Plot makes one when it is loaded, for maps as well.
export const geoTransform = (): undefined => undefined;

export {
  absent as geoAlbers,
  absent as geoAlbersUsa,
  absent as geoAzimuthalEqualArea,
  absent as geoAzimuthalEquidistant,
  absent as geoCentroid,
  absent as geoClipRectangle,
  absent as geoConicConformal,
  absent as geoConicEqualArea,
  absent as geoConicEquidistant,
  absent as geoEqualEarth,
  absent as geoEquirectangular,
  absent as geoGnomonic,
  absent as geoGraticule10,
  absent as geoMercator,
  absent as geoOrthographic,
  absent as geoPath,
  absent as geoStereographic,
  absent as geoStream,
  absent as geoTransverseMercator,
};
