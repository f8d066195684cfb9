//! The unmodified `openstack` command-line client against a cloud of the test's own.
//!
//! `OPENSTACK_CLI` names the client; without it `openstack` on the PATH is taken. If there is none
//! these tests fail: `tools/setup-openstack-client` installs it.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use super::Cloud;

/// The client, signed in to a cloud of the test's own.
pub struct Cli {
    /// The cloud.
    pub cloud: Cloud,
    /// Environment besides what every call gets.
    extra: Vec<(&'static str, String)>,
}

impl Cli {
    /// For `demo`, in a cloud at pace 0.
    pub async fn new() -> Self {
        Self { cloud: Cloud::start().await, extra: Vec::new() }
    }

    /// Calls as another user.
    pub fn with(mut self, extra: Vec<(&'static str, String)>) -> Self {
        self.extra = extra;
        self
    }

    /// A path in a folder of the test's own.
    pub fn file(&self, name: &str) -> PathBuf {
        self.cloud.folder().join(name)
    }

    /// Runs a command, however it ends.
    pub fn call(&self, line: &str) -> Output {
        let client = std::env::var("OPENSTACK_CLI").unwrap_or_else(|_| String::from("openstack"));
        let mut command = Command::new(&client);
        command.args(line.split_whitespace());
        // Nothing of the machine's own configuration may get in.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OS_")) {
            command.env_remove(name);
        }
        command
            .current_dir(self.cloud.folder())
            .env("OS_CLIENT_CONFIG_FILE", self.file("no-clouds.yaml"));
        command.env("OS_AUTH_URL", self.cloud.url("/identity/v3")).env("OS_REGION_NAME", "dev-1");
        let standard = [
            ("OS_USERNAME", "demo"),
            ("OS_PASSWORD", "demo-secret"),
            ("OS_PROJECT_NAME", "demo"),
            ("OS_USER_DOMAIN_NAME", "Default"),
            ("OS_PROJECT_DOMAIN_NAME", "Default"),
        ];
        if self.extra.iter().any(|(name, _)| *name == "OS_AUTH_TYPE") {
            command.envs(self.extra.iter().cloned());
        } else {
            command.envs(standard).envs(self.extra.iter().cloned());
        }
        match command.output() {
            Ok(output) => output,
            Err(error) => panic!(
                "cannot run {client:?}: {error}. Run tools/setup-openstack-client or set OPENSTACK_CLI."
            ),
        }
    }

    /// Runs a command that must succeed; its standard output.
    #[track_caller]
    pub fn run(&self, line: &str) -> String {
        let output = self.call(line);
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "openstack {line}\n{out}{err}");
        out.into_owned()
    }

    /// The same, and its output as JSON.
    #[track_caller]
    pub fn json(&self, line: &str) -> Value {
        let out = self.run(&format!("{line} -f json"));
        serde_json::from_str(&out)
            .unwrap_or_else(|error| panic!("openstack {line}: {error}\n{out}"))
    }

    /// Runs a command that must fail; what it says.
    #[track_caller]
    pub fn refused(&self, line: &str) -> String {
        let output = self.call(line);
        assert!(!output.status.success(), "openstack {line} should have failed");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

/// The values of one column.
pub fn column(rows: &Value, name: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap();
    rows.iter()
        .map(|row| row[name].as_str().unwrap_or_else(|| panic!("no {name} in {row}")).to_owned())
        .collect()
}
