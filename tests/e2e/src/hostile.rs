//! Data that would like to be more than text, and the look at a page that shows it: whether it stayed text.

use crate::{Outcome, User, View};

/// What it would set if it ran.
const OWNED: &str = "window.__owned=1";

/// Markup that runs when it is put in as HTML.
pub const MARKUP: &str = r#"<img src=x onerror="window.__owned=1"><b>bold</b>"#;
/// Markup that ends what it stands in first.
pub const CLOSING: &str = r#"'"></title></script></textarea><script>window.__owned=1</script>"#;
/// Turns what follows it around: "image-gnp.exe" is read as "image-exe.png".
pub const TURNED: &str = "turned \u{202e}gnp.exe";
/// Words of the console's own sentences, and its sign for code.
pub const WORDED: &str = "worded {name} {count} `rm -rf /` %s $(id)";
/// Letters that no screen has.
pub const CONTROL: &str = "control \u{7}\u{8}\u{1b}[31m\u{9b}\u{feff}\u{200b}end";
/// An address that runs when it is followed.
pub const SCRIPT_ADDRESS: &str = "javascript:window.__owned=1";
/// A page of its own, in an address.
pub const DATA_ADDRESS: &str = "data:text/html,<script>window.__owned=1</script>";

/// One word, as long as clouds take it.
pub fn long() -> String {
    "W".repeat(255)
}

/// All that tells that data became more than text, a line each.
const HARM: &str = r#"
    const harm = [];
    const shown = e => e.outerHTML.slice(0, 200);
    if (window.__owned !== undefined) harm.push('a script of the data ran');
    for (const e of document.querySelectorAll('*')) {
        for (const a of e.attributes) {
            if (a.name.startsWith('on')) harm.push(`a handler: ${shown(e)}`);
            if (a.name === 'srcdoc' || a.name === 'style' && a.value.includes('__owned')) harm.push(`${a.name}: ${shown(e)}`);
        }
        const address = ['A', 'AREA', 'LINK', 'use'].includes(e.tagName) ? e.href?.baseVal ?? e.href
            : ['IMG', 'SCRIPT', 'IFRAME', 'EMBED', 'SOURCE', 'VIDEO', 'AUDIO'].includes(e.tagName) ? e.src : e.tagName === 'FORM' ? e.action : '';
        if (!address) continue;
        const url = new URL(address, location);
        // Our own icon is a data address; what was saved is a blob of this page.
        const own = url.origin === location.origin || e.rel === 'icon' && url.protocol === 'data:' || url.protocol === 'blob:';
        if (!own) harm.push(`leads elsewhere: ${shown(e)}`);
    }
    for (const e of document.querySelectorAll('iframe, object, embed, base, meta[http-equiv=refresh], script:not([src]), img[src=x]'))
        harm.push(`an element of the data: ${shown(e)}`);
    for (const e of document.querySelectorAll('b')) if (e.textContent === 'bold') harm.push(`an element of the data: ${shown(e)}`);
    return harm;
"#;

impl User {
    /// The page as it is has taken nothing of the data for more than text, and is not pushed wide by it, on a desk or a telephone.
    ///
    /// # Errors
    /// Says what it took, and where.
    pub async fn took_it_for_text(&self, page: &str) -> Outcome {
        let mut trouble = Vec::new();
        for view in [View::light(360, 800), View::light(1440, 1000)] {
            self.look_through(view).await?;
            let harm = self.driver().execute(HARM, vec![]).await?.convert::<Vec<String>>()?;
            trouble.extend(harm);
            let wide = self.sideways().await?;
            trouble.extend(wide.map(|wide| format!("at {} px: {wide}", view.width)));
        }
        if trouble.is_empty() {
            return Ok(());
        }
        Err(format!("{page}:\n  {}", trouble.join("\n  ")).into())
    }

    /// That look sees harm: what it would find in a page where data ran.
    ///
    /// # Errors
    /// When it sees none.
    pub async fn would_see_harm(&self) -> Outcome {
        let put_in = format!(
            "const box = document.createElement('div'); box.innerHTML = arguments[0]; document.body.append(box); {OWNED};"
        );
        let harmful = format!(r#"<a href="{SCRIPT_ADDRESS}">x</a><p>{MARKUP}</p>"#);
        self.driver().execute(put_in, vec![harmful.into()]).await?;
        let Err(trouble) = self.took_it_for_text("put in as HTML").await else {
            return Err("harm is not seen".into());
        };
        let trouble = trouble.to_string();
        for sign in ["ran", "a handler", "leads elsewhere", "an element of the data"] {
            if !trouble.contains(sign) {
                return Err(format!("{sign:?} is not seen: {trouble}").into());
            }
        }
        Ok(())
    }
}
