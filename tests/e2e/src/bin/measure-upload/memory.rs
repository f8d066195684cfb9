//! What the page holds while it sends, above what it holds idle with the file chosen; and the longest piece of work that
//! held it up.

use std::time::Duration;

use serde_json::Value;
use slipway_e2e::{Api, Process, Stage, Trouble};

use crate::page;

/// MB of the page's wasm and of JavaScript's heap. The module is the page's own: asked again, it answers what it has.
const PAGE: &str = r#"
    const done = arguments[0];
    const module = performance.getEntriesByType('resource').map(e => e.name).find(name => /\/slipway[^/]*\.js$/.test(name));
    import(module).then(m => m.default()).then(wasm =>
        done([wasm.memory.buffer.byteLength, performance.memory?.usedJSHeapSize || 0]));"#;

/// Follows work that holds the page up for more than 50 ms, from now on.
const WATCH: &str = r#"
    window.longTasks = [];
    new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(e => e.duration)))
        .observe({ type: 'longtask' });"#;
const LONGEST: &str = "return Math.max(0, ...window.longTasks);";

/// What was seen, in bytes above idle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// The file's size.
    pub mib: u64,
    /// The processes that run pages and workers: their JavaScript, their wasm, and everything else (`VmRSS`).
    pub renderer_bytes: u64,
    /// Of these, the page's own wasm.
    pub wasm_bytes: u64,
    /// Of these, the page's JavaScript.
    pub heap_bytes: u64,
    /// The browser's other processes, which carry the bytes from the disk to the network.
    pub others_bytes: u64,
    /// The longest piece of work, milliseconds; 0 when none was over 50 ms.
    pub longest_ms: f64,
}

/// What there is at one moment.
#[derive(Clone, Copy, Default)]
struct Moment {
    renderer: u64,
    others: u64,
    wasm: u64,
    heap: u64,
}

/// Sends one file in segments and looks again and again.
pub async fn measure(stage: &Stage, api: &Api, mib: u64) -> Result<Memory, Trouble> {
    let user = &stage.user;
    let file = crate::random(stage.folder.path(), "memory.raw", mib << 20, None).await?;
    page::empty(api).await?;
    user.choose_file_in_segments(&file).await?;
    user.fill("Name", "memory").await?;
    user.driver().execute(WATCH, vec![]).await?;
    let idle = look(stage).await?;
    user.create().await?;
    let highest = std::cell::Cell::new(idle);
    user.until_within(Duration::from_secs(1800), "the file verified", async || {
        let (now, most) = (look(stage).await?, highest.get());
        highest.set(Moment {
            renderer: most.renderer.max(now.renderer),
            others: most.others.max(now.others),
            wasm: most.wasm.max(now.wasm),
            heap: most.heap.max(now.heap),
        });
        Ok(user.page_text().await?.contains("SHA-512 equal"))
    })
    .await?;
    let longest = user.driver().execute(LONGEST, Vec::<Value>::new()).await?.convert::<f64>()?;
    tokio::fs::remove_file(&file).await?;
    page::empty(api).await?;
    let most = highest.get();
    Ok(Memory {
        mib,
        renderer_bytes: most.renderer.saturating_sub(idle.renderer),
        wasm_bytes: most.wasm.saturating_sub(idle.wasm),
        heap_bytes: most.heap.saturating_sub(idle.heap),
        others_bytes: most.others.saturating_sub(idle.others),
        longest_ms: longest,
    })
}

async fn look(stage: &Stage) -> Result<Moment, Trouble> {
    let mut now = Moment::default();
    for process in stage.browser.processes()? {
        // One that has just ended holds nothing.
        let Ok(bytes) = Process::resident_bytes(&process) else { continue };
        match process.kind() {
            Some("renderer") => now.renderer += bytes,
            _ => now.others += bytes,
        }
    }
    let page = stage.user.driver().execute_async(PAGE, vec![]).await?.convert::<(u64, u64)>()?;
    Ok(Moment { wasm: page.0, heap: page.1, ..now })
}
