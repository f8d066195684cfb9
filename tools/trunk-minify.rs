//! In place of Trunk's src/processing/minify.rs, put there by tools/setup-trunk: HTML and CSS stay as they are.
//!
//! The two crates behind them (minify-html, lightningcss) take more than 100 s of CPU to compile, and Slipway builds
//! with `minify = "never"`.

use minify_js::TopLevelMode;

/// As Trunk has it.
pub fn minify_js(bytes: Vec<u8>, mode: TopLevelMode) -> Vec<u8> {
    let mut result: Vec<u8> = vec![];
    let session = minify_js::Session::new();
    match minify_js::minify(&session, mode, &bytes, &mut result) {
        Ok(()) => result,
        Err(err) => {
            tracing::warn!("Failed to minify JS: {err}");
            bytes
        }
    }
}

/// Gives the sheet back and says so.
pub fn minify_css(bytes: Vec<u8>) -> Vec<u8> {
    tracing::warn!("this Trunk was built without its CSS minifier");
    bytes
}

/// Gives the page back and says so.
pub fn minify_html(html: &[u8]) -> Vec<u8> {
    tracing::warn!("this Trunk was built without its HTML minifier");
    html.to_vec()
}
