//! How fast the console uploads, beside `curl -T` to the same devcloud in the same run: three turns each, medians.
//! `tools/bench` calls it. Prints lines for people; the last one is JSON.
//!
//! Only the ratio means something on another machine. The file is random bytes, so that nothing is saved by sparseness.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use slipway_e2e::{Outcome, Stage, Trouble, journey};
use tokio::process::Command;

const TURNS: usize = 3;

#[tokio::main]
async fn main() -> Outcome {
    let mib: usize = std::env::args().nth(1).map_or(Ok(512), |text| text.parse())?;
    journey("bench", |options| options.pace = 0.0, async |stage| {
        let file = stage.folder.path().join("bench.raw");
        let made = Command::new("sh")
            .arg("-c")
            .arg(format!("head -c {} /dev/urandom > '{}'", mib << 20, file.display()))
            .status()
            .await?;
        if !made.success() {
            return Err("the file could not be made".into());
        }
        let token = token(&stage.cloud.url()).await?;
        stage.user.sign_in("demo", "demo-secret", "demo").await?;
        let (mut curl, mut page, mut verified) = (Vec::new(), Vec::new(), Vec::new());
        for turn in 0..TURNS {
            curl.push(by_curl(stage, &token, &file).await?);
            let (active, equal) = by_page(stage, &token, &file, &format!("bench-{turn}")).await?;
            page.push(active);
            verified.push(equal);
        }
        let speed = |times: &mut Vec<Duration>| {
            times.sort();
            let median = times.get(times.len() / 2).copied().unwrap_or_default();
            (mib << 20) as f64 / 1e6 / median.as_secs_f64()
        };
        let (curl, page, verified) = (speed(&mut curl), speed(&mut page), speed(&mut verified));
        println!("curl -T to the same cloud        {curl:7.1} MB/s");
        println!("the console, until active        {page:7.1} MB/s   {:.2} of curl", page / curl);
        println!("the console, until verified      {verified:7.1} MB/s   {:.2} of curl (SHA-512 of the whole file in a worker)", verified / curl);
        println!("{}", json!({"mib": mib, "curl_mb_s": curl, "active_mb_s": page, "verified_mb_s": verified}));
        Ok(())
    })
    .await
}

async fn token(cloud: &str) -> Result<String, Trouble> {
    let body = json!({"auth": {
        "identity": {"methods": ["password"], "password": {"user": {"name": "demo", "domain": {"name": "Default"}, "password": "demo-secret"}}},
        "scope": {"project": {"name": "demo", "domain": {"name": "Default"}}}
    }});
    let answer = reqwest::Client::new()
        .post(format!("{cloud}/identity/v3/auth/tokens"))
        .json(&body)
        .send()
        .await?;
    let token = answer.headers().get("x-subject-token").ok_or("no token")?;
    Ok(token.to_str()?.to_owned())
}

async fn by_curl(stage: &Stage, token: &str, file: &Path) -> Result<Duration, Trouble> {
    let images = format!("{}/image/v2/images", stage.cloud.url());
    let record = json!({"name": "by-curl", "disk_format": "raw", "container_format": "bare"});
    let client = reqwest::Client::new();
    let made: Value = client
        .post(&images)
        .header("x-auth-token", token)
        .json(&record)
        .send()
        .await?
        .json()
        .await?;
    let id = made.get("id").and_then(Value::as_str).ok_or("no record")?;
    let began = Instant::now();
    let done = Command::new("curl")
        .args(["--fail", "--silent", "--show-error", "-H", &format!("X-Auth-Token: {token}")])
        .args(["-H", "Content-Type: application/octet-stream", "-T"])
        .arg(file)
        .arg(format!("{images}/{id}/file"))
        .output()
        .await?;
    let took = began.elapsed();
    if !done.status.success() {
        return Err(format!("curl: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    client
        .delete(format!("{images}/{id}"))
        .header("x-auth-token", token)
        .send()
        .await?
        .error_for_status()?;
    Ok(took)
}

async fn by_page(
    stage: &Stage,
    token: &str,
    file: &Path,
    name: &str,
) -> Result<(Duration, Duration), Trouble> {
    let user = &stage.user;
    user.open("/images/create").await?;
    user.pick_file("Disk image file", file).await?;
    user.read("bench.raw").await?;
    user.fill("Name", name).await?;
    let began = Instant::now();
    user.click("button", "Create image").await?;
    let url = format!("{}/image/v2/images?name={name}", stage.cloud.url());
    let client = reqwest::Client::new();
    let patience = Duration::from_secs(600);
    user.until_within(patience, "the image is active", async || {
        let list: Value =
            client.get(&url).header("x-auth-token", token).send().await?.json().await?;
        Ok(list.pointer("/images/0/status").and_then(Value::as_str) == Some("active"))
    })
    .await?;
    let active = began.elapsed();
    user.until_within(patience, "verified", async || {
        Ok(user.page_text().await?.contains("SHA-512 equal"))
    })
    .await?;
    Ok((active, began.elapsed()))
}
