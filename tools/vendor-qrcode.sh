#!/bin/sh
# Make pwa/vendor/qrcode.js anew from the locked npm packages (run `npm ci` first). The result is committed, so that
# neither running nor testing Nahplatz needs a bundler.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' node_modules/@nuintun/qrcode/package.json)
out=pwa/vendor/qrcode.js
mkdir -p pwa/vendor
{
  printf '// @ts-nocheck\n/*! @nuintun/qrcode %s, https://github.com/nuintun/qrcode, made by tools/vendor-qrcode.sh\n' "$version"
  sed 's/^/ * /; s/ *$//' node_modules/@nuintun/qrcode/LICENSE
  printf ' */\n'
  echo 'export {binarize, Decoder, Detector, grayscale} from "@nuintun/qrcode";' |
    npx --no-install esbuild --bundle --minify --format=esm --target=es2022 --legal-comments=none
} > "$out.new"
mv "$out.new" "$out"
wc -c "$out"
