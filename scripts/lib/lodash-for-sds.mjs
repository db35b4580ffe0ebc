/**
 * Stands in for lodash in browser bundles: @waku/sds, which comes with the SDK, imports all 74 kB of it for this one
 * function. Any other use would fail at run time only, so a test looks for them in the package.
 */
// biome-ignore lint/style/noDefaultExport: lodash is imported as a default.
export default {
  uniqBy(items, key) {
    const seen = new Map();
    for (const item of items) if (!seen.has(item[key])) seen.set(item[key], item);
    return [...seen.values()];
  },
};
