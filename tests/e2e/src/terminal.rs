//! A command line of the page, pasted into a terminal.

use tokio::process::Command;

use crate::{Stage, Trouble};

/// Runs it with the real `openstack` client, as `demo`; what it wrote.
///
/// # Errors
/// When it fails, with what it wrote.
pub async fn pasted(stage: &Stage, command: &str) -> Result<String, Trouble> {
    let client = std::env::var("OPENSTACK_CLI").unwrap_or_else(|_| "openstack".to_owned());
    let set = |name: &str, value: &str| format!("export OS_{name}='{value}'\n");
    let environment = [
        set("AUTH_URL", &format!("{}/identity/v3", stage.cloud.url().trim_end_matches('/'))),
        set("REGION_NAME", "dev-1"),
        set("USERNAME", "demo"),
        set("PASSWORD", "demo-secret"),
        set("PROJECT_NAME", "demo"),
        set("USER_DOMAIN_NAME", "Default"),
        set("PROJECT_DOMAIN_NAME", "Default"),
        set("CLIENT_CONFIG_FILE", "no-clouds.yaml"),
    ]
    .concat();
    // The client takes what comes in from elsewhere than a terminal for an image's data: so it gets a terminal, as the one who
    // pastes has.
    let script = format!("{environment}openstack() {{ '{client}' \"$@\"; }}\n{command}\n");
    tokio::fs::write(stage.folder.path().join("pasted.sh"), script).await?;
    let ran = Command::new("sh")
        .arg("-c")
        .arg("script -qec 'sh -eu pasted.sh' /dev/null </dev/null")
        .current_dir(stage.folder.path())
        .output()
        .await?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    if !ran.status.success() {
        return Err(format!("{command}\n{said}").into());
    }
    Ok(said)
}
