//! What is measured on a screen as it stands: axe-core's findings, and whether it can be read without scrolling sideways.
//! Chromium's DevTools also say how wide the window is and what the user prefers; Firefox has its own window and stays light.

use serde_json::{Value, json};

use crate::{Outcome, Trouble, User};

/// A window and what its user prefers.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its width in CSS pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Dark colours.
    pub dark: bool,
}

impl View {
    /// Light.
    pub const fn light(width: u32, height: u32) -> Self {
        Self { width, height, dark: false }
    }

    /// Dark.
    pub const fn dark(width: u32, height: u32) -> Self {
        Self { width, height, dark: true }
    }
}

/// What one look of axe-core found, a line per element.
const AXE: &str = r#"
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'], elementRef: false }).then(
        results => done(results.violations.flatMap(v => v.nodes.map(n =>
            `${v.id} (${v.impact}): ${v.help}\t${n.target.flat().join(' ')}: ${(n.any.concat(n.all, n.none)[0] || v).message || v.help} ${n.html.slice(0, 160)}`))),
        error => done(['axe failed: ' + error]));
"#;

/// How far the page reaches beyond the window, and what reaches furthest.
const SIDEWAYS: &str = r#"
    const wide = document.documentElement.clientWidth;
    const beyond = document.documentElement.scrollWidth - wide;
    if (beyond <= 0) return null;
    const clips = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) { if (getComputedStyle(p).overflowX !== 'visible') return true; } return false; };
    const worst = [...document.body.querySelectorAll('*')].filter(e => e.checkVisibility() && !clips(e))
        .map(e => [e.getBoundingClientRect().right - wide, e]).filter(([by]) => by > 0.5).sort((a, b) => b[0] - a[0]).slice(0, 4)
        .map(([by, e]) => `${Math.round(by)} px: ${e.outerHTML.slice(0, 120)}`);
    return `${beyond} px too wide: ${worst.join(' | ')}`;
"#;

impl User {
    /// Checks what is open in the views that differ most: what axe-core says, and whether it has to be scrolled sideways.
    pub async fn looks_well(&self) -> Outcome {
        for view in [View::light(1440, 1000), View::dark(360, 800)] {
            self.look_through(view).await?;
            let (axe, sideways) = (self.axe().await?, self.sideways().await?);
            if !axe.is_empty() || sideways.is_some() {
                return Err(format!("{view:?}: {axe:#?} {sideways:?}").into());
            }
        }
        self.look_through(View::light(1440, 1000)).await
    }

    /// Looks through another window. Motion is as the user of it prefers: none, so that nothing is measured half-way.
    /// Firefox takes no window narrower than 450 pixels, and nobody can tell it which colours are preferred.
    pub async fn look_through(&self, view: View) -> Outcome {
        let agent = self.driver().execute("return navigator.userAgent", vec![]).await?;
        match agent.convert::<String>()?.contains("Firefox") {
            true => self.driver().set_window_rect(0, 0, view.width, view.height).await?,
            false => self.emulate(view).await?,
        }
        // The next frame is drawn that way.
        let frame = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.driver().execute_async(frame, Vec::<Value>::new()).await?;
        Ok(())
    }

    async fn emulate(&self, view: View) -> Outcome {
        let tools = self.driver().cdp();
        let metrics = json!({ "width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": false });
        tools.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        let scheme = if view.dark { "dark" } else { "light" };
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        tools.send_raw("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// What axe-core has to say about the screen as it is, a line each; empty when all is well.
    ///
    /// # Errors
    /// When axe-core is not where `SLIPWAY_AXE` (or `.tools/axe.js`) says.
    pub async fn axe(&self) -> Result<Vec<String>, Trouble> {
        let there = self.driver().execute("return !!window.axe", vec![]).await?;
        if !there.convert::<bool>()? {
            let path = std::env::var("SLIPWAY_AXE").unwrap_or_else(|_| {
                concat!(env!("CARGO_MANIFEST_DIR"), "/../../.tools/axe.js").to_owned()
            });
            let source = tokio::fs::read_to_string(&path).await.map_err(|error| {
                format!("cannot read {path}: {error}. `tools/setup all` installs it")
            })?;
            self.driver().execute(source, vec![]).await?;
        }
        let found = self.driver().execute_async(AXE, Vec::<Value>::new()).await?;
        Ok(found.convert::<Vec<String>>()?)
    }

    /// Whether the page has to be scrolled sideways, and because of what; `None` when not.
    pub async fn sideways(&self) -> Result<Option<String>, Trouble> {
        let found = self.driver().execute(SIDEWAYS, vec![]).await?;
        Ok(found.convert::<Option<String>>()?)
    }
}
