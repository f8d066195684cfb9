//! How quick the list of images is at 100, 1,000 and 10,000 images: first rows, all rows, a search, a sort, a jump
//! to the end; the longest piece of work that held up the page; memory. `tools/bench` calls it.
//!
//! Prints a table for people; the last line is JSON. Times are taken in the page itself, from the event to the end of the first
//! frame with the new rows, so that WebDriver's own way does not count.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use slipway_e2e::{Outcome, Trouble, User, journey, like};

const SIZES: [usize; 3] = [100, 1_000, 10_000];
const TURNS: usize = 5;

/// Follows tasks over 50 ms, from the moment it is run.
const WATCH: &str = r#"
    window.longTasks = [];
    new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(e => e.duration)))
        .observe({ type: 'longtask', buffered: true });"#;

/// Does something and answers how many milliseconds pass until the count of images has other words and was painted.
const TIMED: &str = r#"
    const [what, value, done] = arguments;
    const said = () => document.querySelector('[role=search] ~ * [role=status]').textContent
        + [...document.querySelectorAll('tbody:not([aria-hidden]) a')].map(a => a.textContent).join();
    const before = said();
    const began = performance.now();
    // What a frame's callback finds changed is drawn in that very frame; a task that it asks for comes after.
    const painted = () => setTimeout(() => done(performance.now() - began));
    const look = () => said() === before ? (performance.now() - began > 20000 ? done(-1) : requestAnimationFrame(look)) : painted();
    if (what === 'search') {
        const field = document.querySelector('input[type=search]');
        field.value = value;
        field.dispatchEvent(new Event('input', { bubbles: true }));
    } else if (what === 'sort') {
        [...document.querySelectorAll('th button')].find(b => b.textContent.trim() === value).click();
    } else {
        scrollTo(0, document.documentElement.scrollHeight);
    }
    look();"#;

/// MB of the wasm's memory and of JavaScript's. The module is the page's own: asked again, it answers what it has.
const MEMORY: &str = r#"
    const done = arguments[0];
    const files = performance.getEntriesByType('resource').map(e => e.name);
    const module = files.find(name => /\/slipway[^/]*\.js$/.test(name));
    import(module).then(m => m.default()).then(wasm =>
        done([wasm.memory.buffer.byteLength / 1e6, (performance.memory?.usedJSHeapSize || 0) / 1e6]));"#;

/// What was measured at one size, in milliseconds and MB.
struct Figures {
    images: usize,
    first: f64,
    all: f64,
    search: f64,
    sort: f64,
    end: f64,
    longest: f64,
    longest_loading: f64,
    wasm_mb: f64,
    js_mb: f64,
}

#[tokio::main]
async fn main() -> Outcome {
    let mut all = Vec::new();
    for images in SIZES {
        let figures = std::sync::Mutex::new(None);
        journey(
            &format!("bench-list-{images}"),
            |options| {
                options.seed_images = images;
                options.pace = 0.0;
            },
            async |stage| {
                let measured = measure(&stage.user, images).await?;
                *figures.lock().map_err(|_| "poisoned")? = Some(measured);
                Ok(())
            },
        )
        .await?;
        all.extend(figures.into_inner().map_err(|_| "poisoned")?);
    }
    println!(
        "images   first rows   all rows   search    sort   to the end   longest task (loading / after)   wasm + JS memory"
    );
    for f in &all {
        println!(
            "{:>6}   {:>7.0} ms   {:>5.0} ms   {:>3.0} ms  {:>3.0} ms       {:>3.0} ms             {:>4.0} ms / {:>4.0} ms            {:>5.1} + {:.1} MB",
            f.images,
            f.first,
            f.all,
            f.search,
            f.sort,
            f.end,
            f.longest_loading,
            f.longest,
            f.wasm_mb,
            f.js_mb
        );
    }
    let lines: Vec<Value> = all
        .iter()
        .map(|f| {
            json!({
                "images": f.images, "first_rows_ms": f.first, "all_rows_ms": f.all, "search_ms": f.search,
                "sort_ms": f.sort, "scroll_to_end_ms": f.end, "longest_task_loading_ms": f.longest_loading,
                "longest_task_ms": f.longest, "wasm_mb": f.wasm_mb, "js_mb": f.js_mb,
            })
        })
        .collect();
    println!("{}", json!({ "list": lines }));
    Ok(())
}

async fn measure(user: &User, images: usize) -> Result<Figures, Trouble> {
    user.sign_in("demo", "demo-secret", "demo").await?;
    user.see("checkbox", like("Select ")).await?;
    user.click("link", "Instances").await?;
    user.see("heading", "Instances").await?;
    user.driver().execute(WATCH, vec![]).await?;
    // Again, without loading the app: what the list itself takes.
    let began = Instant::now();
    user.click("link", "Images").await?;
    let has =
        async |text: &str| -> Result<bool, Trouble> { Ok(user.page_text().await?.contains(text)) };
    let patience = Duration::from_secs(300);
    user.until_within(patience, "first rows", async || {
        let rows = user
            .driver()
            .execute(
                "return document.querySelectorAll('tbody:not([aria-hidden]) a').length",
                vec![],
            )
            .await?;
        Ok(rows.convert::<usize>()? > 10)
    })
    .await?;
    let first = millis(began.elapsed());
    user.until_within(patience, "all rows", async || {
        Ok(!has("so far").await? && has(" images ").await?)
    })
    .await?;
    let all = millis(began.elapsed());
    let longest_loading = longest(user).await?;
    let mut times = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..TURNS {
        times.0.push(
            timed(user, "search", if turn % 2 == 0 { "web debian" } else { "ubuntu 2" }).await?,
        );
        timed(user, "search", "").await?;
        times.1.push(timed(user, "sort", if turn % 2 == 0 { "Name" } else { "Size" }).await?);
    }
    if images >= 1_000 {
        times.2.push(timed(user, "end", "").await?);
    }
    let memory = user.driver().execute_async(MEMORY, vec![]).await?.convert::<(f64, f64)>()?;
    Ok(Figures {
        images,
        first,
        all,
        search: median(times.0),
        sort: median(times.1),
        end: median(times.2),
        longest: longest(user).await?,
        longest_loading,
        wasm_mb: memory.0,
        js_mb: memory.1,
    })
}

async fn timed(user: &User, what: &str, value: &str) -> Result<f64, Trouble> {
    let answer = user
        .driver()
        .execute_async(TIMED, vec![what.into(), value.into()])
        .await?
        .convert::<f64>()?;
    if answer < 0.0 {
        return Err(format!("nothing changed after {what} {value:?}").into());
    }
    Ok(answer)
}

/// The longest task since it was last asked; 0 when none was over 50 ms.
async fn longest(user: &User) -> Result<f64, Trouble> {
    let script =
        "const longest = Math.max(0, ...window.longTasks); window.longTasks = []; return longest;";
    Ok(user.driver().execute(script, vec![]).await?.convert::<f64>()?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
