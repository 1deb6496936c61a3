// Stands in bundles for packages that are never called there (see build.cjs).
module.exports = {};
