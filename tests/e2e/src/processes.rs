//! What the operating system knows of the browser's processes: whose child each is, how much memory it holds, how long it has
//! computed. From `/proc`, so on Linux only.

use std::fs;
use std::time::Duration;

use crate::Trouble;

/// One process.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its id.
    pub id: u32,
    /// Its program and arguments, separated by spaces.
    pub command: String,
}

impl Process {
    /// This very process.
    pub fn own() -> Self {
        Self { id: std::process::id(), command: String::new() }
    }

    /// Of which kind Chromium has started it: `renderer`, `utility` ...; nothing for the browser itself.
    pub fn kind(&self) -> Option<&str> {
        self.command.split_once("--type=").and_then(|(_, rest)| rest.split(' ').next())
    }

    /// The memory that it holds in RAM (`VmRSS`), what it shares with others counted whole.
    ///
    /// # Errors
    /// When it has ended.
    pub fn resident_bytes(&self) -> Result<u64, Trouble> {
        let said = fs::read_to_string(format!("/proc/{}/status", self.id))?;
        let line = said.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
        let kib: u64 = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
        Ok(kib << 10)
    }

    /// How long it has computed so far, on all cores together.
    ///
    /// # Errors
    /// When it has ended.
    pub fn computed(&self) -> Result<Duration, Trouble> {
        let said = fs::read_to_string(format!("/proc/{}/stat", self.id))?;
        // After the name, which may hold spaces: state is the 3rd field, utime the 14th, stime the 15th, in hundredths.
        let fields = said.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
        let ticks: Vec<u64> = fields.skip(11).take(2).flat_map(str::parse).collect();
        Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
    }
}

/// That process and all that it has started, directly or not.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn tree(root: u32) -> Result<Vec<Process>, Trouble> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Ok(id) = name.to_string_lossy().parse::<u32>() else { continue };
        // One that has ended since is none of ours.
        let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let Some(Ok(parent)) = rest.split_whitespace().nth(1).map(str::parse::<u32>) else {
            continue;
        };
        parents.push((id, parent));
    }
    let mut wanted = vec![root];
    let mut at = 0;
    while let Some(&next) = wanted.get(at) {
        wanted.extend(parents.iter().filter(|(_, parent)| *parent == next).map(|(id, _)| *id));
        at += 1;
    }
    let named = |id: u32| {
        let words = fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let command = String::from_utf8_lossy(&words).replace('\0', " ");
        Some(Process { id, command })
    };
    Ok(wanted.into_iter().filter_map(named).collect())
}
