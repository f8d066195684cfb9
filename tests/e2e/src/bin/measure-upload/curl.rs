//! What the cloud takes at most on this machine: `curl`, with nothing to hash and nothing to draw.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use slipway_e2e::{Api, Outcome, Trouble};
use tokio::process::Command;

use crate::{SEGMENT_BYTES, clocked};

/// The whole file in one `PUT` to Glance.
pub async fn glance(api: &Api, file: &Path) -> Result<Duration, Trouble> {
    let id = api.make_image("by-curl").await?;
    let took = clocked(run(Command::new("curl")
        .args(["--fail", "--silent", "--show-error", "-H"])
        .arg(format!("X-Auth-Token: {}", api.token()))
        .args(["-H", "Content-Type: application/octet-stream", "-T"])
        .arg(file)
        .arg(format!("{}/{id}/file", api.images_url()))))
    .await?;
    api.delete_image(&id).await?;
    Ok(took)
}

/// Segments to Swift, four at a time.
pub async fn swift(api: &Api, file: &Path) -> Result<Duration, Trouble> {
    api.set_container(&[]).await?;
    let folder = tempfile::tempdir_in(file.parent().ok_or("a file is in a folder")?)?;
    run(Command::new("split")
        .args(["-d", "-a", "5", "-b", &SEGMENT_BYTES.to_string()])
        .arg(file)
        .arg(folder.path().join("curl-")))
    .await?;
    let mut plan = String::new();
    for entry in std::fs::read_dir(folder.path())? {
        let path = entry?.path();
        let name = path.file_name().ok_or("a name")?.to_string_lossy().into_owned();
        writeln!(plan, "upload-file = \"{}\"", path.display())?;
        writeln!(plan, "url = \"{}/{name}\"", api.container_url())?;
        writeln!(plan, "header = \"X-Auth-Token: {}\"", api.token())?;
        writeln!(plan, "fail\nsilent\nshow-error\noutput = /dev/null\nnext")?;
    }
    let plan_file = folder.path().join("plan");
    tokio::fs::write(&plan_file, plan.trim_end_matches("next\n")).await?;
    clocked(run(Command::new("curl")
        .args(["--parallel", "--parallel-immediate", "--parallel-max", "4", "--no-progress-meter"])
        .arg("-K")
        .arg(plan_file)))
    .await
}

async fn run(command: &mut Command) -> Outcome {
    let done = command.output().await?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into())
}
