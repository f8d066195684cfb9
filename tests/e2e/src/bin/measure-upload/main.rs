//! How fast the console uploads, beside `curl -T` and beside a bare `XMLHttpRequest` of the same browser, to the same
//! devcloud in the same run; what it costs in memory and in work that holds the page up; what a crash costs. `tools/bench`
//! calls it.
//!
//!     measure-upload [MiB of the file] [MiB of the file for memory]
//!
//! Only ratios mean something on another machine. The file is random bytes, so that nothing is saved by sparseness or by
//! repetition. Prints a table for people; the last line is JSON.

mod both;
mod crash;
mod curl;
mod hashing;
mod memory;
mod page;
mod table;
mod xhr;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use slipway_e2e::{Api, Outcome, Process, Stage, Trouble, journey};
use table::{Figures, Way};
use thirtyfour::session::scriptret::ScriptRet;
use tokio::process::Command;

/// How often each way is gone; medians are told.
const TURNS: usize = 3;
/// The size of the segments, as `config.json` has it unless told otherwise.
const SEGMENT_BYTES: u64 = 32 << 20;

/// One turn: how long, and how long server and browser have computed meanwhile.
#[derive(Clone, Copy, Debug)]
struct Turn {
    took: Duration,
    server: Duration,
    browser: Duration,
}

#[tokio::main]
async fn main() -> Outcome {
    let mut sizes = std::env::args().skip(1);
    let mib: u64 = sizes.next().map_or(Ok(512), |text| text.parse())?;
    let memory_mib: u64 = sizes.next().map_or(Ok(2048), |text| text.parse())?;
    let mut figures = Figures::new(mib, SEGMENT_BYTES);
    journey(
        "bench",
        |options| options.pace = 0.0,
        async |stage| {
            let api = stage.api().await?;
            stage.user.driver().set_script_timeout(Duration::from_secs(900)).await?;
            speed(stage, &api, mib, &mut figures).await?;
            figures.memory = Some(memory::measure(stage, &api, memory_mib).await?);
            figures.resent_bytes = Some(crash::measure(stage, &api, mib).await?);
            Ok(())
        },
    )
    .await?;
    figures.print();
    Ok(())
}

async fn speed(stage: &Stage, api: &Api, mib: u64, figures: &mut Figures) -> Outcome {
    let folder = stage.folder.path();
    let file = random(folder, "bench.raw", mib << 20, None).await?;
    let half = random(folder, "half.raw", mib << 20, Some(&file)).await?;
    stage.user.sign_in("demo", "demo-secret", "demo").await?;
    // The canary, and whatever else is done once, before anything is measured.
    let first = random(folder, "first.raw", 2 * SEGMENT_BYTES, None).await?;
    page::segments(stage, api, &first, "first").await?;
    for turn in 0..TURNS {
        let name = |what: &str| format!("{what}-{turn}");
        let row = timed(stage, curl::glance(api, &file)).await?;
        figures.add(Way::Curl, row);
        let row = timed(stage, curl::swift(api, &file)).await?;
        figures.add(Way::CurlSegments, row);
        page::empty(api).await?;
        xhr::choose(&stage.user, &file).await?;
        let row = timed(stage, xhr::glance(&stage.user, api)).await?;
        figures.add(Way::Xhr, row);
        let row = timed(stage, xhr::swift(&stage.user, api)).await?;
        figures.add(Way::XhrSegments, row);
        let row = timed(stage, hashing::whole(&stage.user)).await?;
        figures.add(Way::HashWhole, row);
        let row = timed(stage, hashing::segments(&stage.user)).await?;
        figures.add(Way::HashSegments, row);
        let row = timed(stage, both::glance(&stage.user, api)).await?;
        figures.add(Way::XhrHashing, row);
        page::empty(api).await?;
        let row = timed(stage, both::swift(&stage.user, api)).await?;
        figures.add(Way::XhrSegmentsHashing, row);
        page::empty(api).await?;
        figures.add_all(Way::Direct, page::direct(stage, api, &file, &name("direct")).await?);
        page::empty(api).await?;
        figures.add_all(Way::Cold, page::segments(stage, api, &file, &name("cold")).await?);
        figures.add_all(Way::Half, page::segments(stage, api, &half, &name("half")).await?);
        figures.add_all(Way::Present, page::segments(stage, api, &file, &name("present")).await?);
        page::empty(api).await?;
    }
    Ok(())
}

/// Goes one way to its end.
async fn timed(
    stage: &Stage,
    way: impl Future<Output = Result<Duration, Trouble>>,
) -> Result<Turn, Trouble> {
    let before = computed(stage)?;
    let took = way.await?;
    let after = computed(stage)?;
    let server = after.0.saturating_sub(before.0);
    Ok(Turn { took, server, browser: after.1.saturating_sub(before.1) })
}

/// What a script of [`xhr`] or [`hashing`] answered: how many milliseconds it took, or words of what went wrong.
fn took(answer: ScriptRet, what: &str) -> Result<Duration, Trouble> {
    let (millis, trouble) = answer.convert::<(f64, String)>()?;
    if !trouble.is_empty() {
        return Err(format!("{what}: {trouble}").into());
    }
    Ok(Duration::from_secs_f64(millis / 1000.0))
}

/// How long the cloud (which is this process) and the browser have computed so far.
fn computed(stage: &Stage) -> Result<(Duration, Duration), Trouble> {
    // A process that has ended meanwhile has taken its time with it.
    let browser = stage.browser.processes()?.iter().flat_map(Process::computed).sum();
    Ok((Process::own().computed()?, browser))
}

/// A file of random bytes; its first half is that of another one.
async fn random(
    folder: &Path,
    name: &str,
    size_bytes: u64,
    half_of: Option<&Path>,
) -> Result<PathBuf, Trouble> {
    let path = folder.join(name);
    let old = half_of.map_or(0, |_| size_bytes / SEGMENT_BYTES / 2 * SEGMENT_BYTES);
    let from = half_of.unwrap_or(Path::new("/dev/null"));
    let script = r#"{ head -c "$1" "$2"; head -c "$3" /dev/urandom; } > "$4""#;
    let made = Command::new("sh")
        .args(["-euc", script, "sh"])
        .arg(old.to_string())
        .arg(from)
        .arg((size_bytes - old).to_string())
        .arg(&path)
        .status()
        .await?;
    if !made.success() {
        return Err("the file could not be made".into());
    }
    Ok(path)
}

/// How long that took.
async fn clocked(work: impl Future<Output = Outcome>) -> Result<Duration, Trouble> {
    let began = Instant::now();
    work.await?;
    Ok(began.elapsed())
}
