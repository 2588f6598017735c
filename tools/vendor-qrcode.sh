#!/bin/sh
# Make pwa/vendor/qrcode*.js anew from the locked npm packages (run `npm ci` first). The results are committed, so that
# neither running nor testing Nahplatz needs a bundler. Reading and writing are apart: few phones need both.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' node_modules/@nuintun/qrcode/package.json)
mkdir -p pwa/vendor
vendor() {
  out=pwa/vendor/$1
  {
    printf '// @ts-nocheck\n/*! @nuintun/qrcode %s, https://github.com/nuintun/qrcode, made by tools/vendor-qrcode.sh\n' "$version"
    sed 's/^/ * /; s/ *$//' node_modules/@nuintun/qrcode/LICENSE
    printf ' */\n'
    echo "export {$2} from \"@nuintun/qrcode\";" |
      npx --no-install esbuild --bundle --minify --format=esm --target=es2022 --legal-comments=none
  } > "$out.new"
  mv "$out.new" "$out"
  wc -c "$out"
}
vendor qrcode.js "binarize, Decoder, Detector, grayscale"
vendor qrcode-writer.js "Alphanumeric, Byte, Encoder"
