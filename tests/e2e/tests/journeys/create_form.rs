//! Creating images, what is read and filled in: the file's own words, what was typed, the command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use devcloud::Release;
use serde_json::Value;
use slipway_e2e::{Outcome, Stage, Trouble, journey, like, qcow2, release, serve_file};
use thirtyfour::{By, Key};
use tokio::process::Command;

/// A disk with a Debian on it, as its own tools lay it out: GPT, an EFI partition with a loader, ext4.
async fn debian_disk(folder: &Path) -> Result<PathBuf, Trouble> {
    let script = r#"
        mkdir -p root/etc/cloud root/usr/bin root/usr/sbin
        printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n' > root/etc/os-release
        printf 'system_info:\n  default_user:\n    name: golden\n' > root/etc/cloud/cloud.cfg
        touch root/usr/bin/cloud-init root/usr/sbin/qemu-ga
        truncate -s 96M disk.raw
        printf 'label: gpt\nstart=2048,size=32768,type=uefi\nstart=36864,type=linux\n' | sfdisk -q disk.raw
        mke2fs -q -t ext4 -d root -E offset=18874368 disk.raw 76M
        qemu-img convert -f raw -O qcow2 disk.raw debian-golden.qcow2"#;
    sh(folder, script).await?;
    Ok(folder.join("debian-golden.qcow2"))
}

/// Runs a script of the shell in a folder.
async fn sh(folder: &Path, script: &str) -> Result<String, Trouble> {
    let path = std::env::var("PATH").unwrap_or_default();
    let done = Command::new("sh")
        .args(["-euc", script])
        .current_dir(folder)
        // Tools for disks lie beside those of everybody.
        .env("PATH", format!("{path}:/usr/sbin:/sbin"))
        .output()
        .await?;
    if !done.status.success() {
        return Err(format!("{script}\n{}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

#[tokio::test]
async fn what_is_missing_is_said_at_its_field_and_takes_the_focus() -> Outcome {
    journey(
        "missing",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.click("button", "Create image").await?;
            user.read("Not yet: something is missing or wrong").await?;
            user.read("Give the image a name.").await?;
            user.until("focus on the summary", async || {
                let focused = user
                    .driver()
                    .execute("return document.activeElement.getAttribute('role')", vec![])
                    .await?;
                Ok(focused.convert::<Option<String>>()?.as_deref() == Some("alert"))
            })
            .await
        },
    )
    .await
}

#[tokio::test]
async fn the_operating_system_is_read_from_the_disk_itself() -> Outcome {
    journey(
        "reads-the-disk",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = debian_disk(stage.folder.path()).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            // What the user has typed before stays.
            user.fill("Version", "12-golden").await?;
            user.pick_file("Disk image file", &path).await?;
            user.read("Debian GNU/Linux 12 (bookworm)").await?;
            user.holds("Operating system", "Debian").await?;
            user.holds("First user", "golden").await?;
            user.holds("Disk format", "qcow2").await?;
            assert_eq!(user.value("Version").await?, "12-golden");
            user.read("ready for cloud-init").await?;
            user.read("qemu-guest-agent is installed").await?;
            user.read("filled in from the file").await?;
            user.read("--property=os_distro=debian").await?;
            user.read("--property=hw_qemu_guest_agent=yes").await?;
            user.read("--min-disk 1").await
        },
    )
    .await
}

#[tokio::test]
async fn a_compressed_file_is_told_with_the_command_that_unpacks_it() -> Outcome {
    journey(
        "compressed",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let folder = stage.folder.path();
            sh(folder, "qemu-img create -q -f qcow2 'my disk.qcow2' 1M && gzip 'my disk.qcow2'").await?;
            sh(folder, "qemu-img create -q -f qcow2 base.qcow2 1M && qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 top.qcow2").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.pick_file("Disk image file", &folder.join("my disk.qcow2.gz")).await?;
            user.read("This file is compressed.").await?;
            user.read("gunzip --keep 'my disk.qcow2.gz'").await?;
            // A file that the cloud would refuse is not sent, unless the user insists.
            user.pick_file("Disk image file", &folder.join("top.qcow2")).await?;
            user.read("The cloud refuses this file").await?;
            user.read("base.qcow2").await?;
            user.click("button", "Create image").await?;
            user.read("Not yet: something is missing or wrong").await?;
            user.click("checkbox", like("Send it all the same")).await?;
            user.no_longer_read("Not yet: something is missing or wrong").await?;
            user.click("button", "Create image").await?;
            // An older Glance looks at no bytes: it is the launch that fails.
            match release()? {
                Release::Newest => user.read("refused it (415)").await,
                Release::Caracal => user.verified().await,
            }
        },
    )
    .await
}

#[tokio::test]
async fn a_preset_says_what_it_sets_and_can_be_undone() -> Outcome {
    journey(
        "preset",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.click("radio", like("UEFI")).await?;
            user.read("Sets hw_firmware_type=uefi, hw_machine_type=q35").await?;
            user.read("--property=hw_machine_type=q35").await?;
            user.click("radio", like("Windows with virtio")).await?;
            user.read("--property=hw_scsi_model=virtio-scsi").await?;
            user.holds("Operating system", "Windows").await?;
            user.no_longer_read("hw_machine_type").await?;
            user.click("radio", like("General")).await?;
            user.holds("Operating system", "").await?;
            user.no_longer_read("hw_scsi_model").await
        },
    )
    .await
}

#[tokio::test]
async fn what_was_typed_survives_a_reload_and_is_forgotten_once_it_is_an_image() -> Outcome {
    journey(
        "survives",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = qcow2(stage.folder.path(), "kept.qcow2", 1).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.pick_file("Disk image file", &path).await?;
            user.read("kept.qcow2").await?;
            user.fill("Name", "my own name").await?;
            user.click("radio", like("UEFI")).await?;
            user.driver().refresh().await?;
            user.read("What you typed before is here again").await?;
            user.read("Choose kept.qcow2 once more").await?;
            assert_eq!(user.value("Name").await?, "my own name");
            user.read("--property=hw_firmware_type=uefi").await?;
            user.pick_file("Disk image file", &stage.folder.path().join("kept.qcow2")).await?;
            user.no_longer_read("What you typed before is here again").await?;
            user.holds("Disk format", "qcow2").await?;
            assert_eq!(user.value("Name").await?, "my own name");
            user.click("button", "Create image").await?;
            user.see("heading", "my own name").await?;
            user.read("SHA-512 equal").await?;
            user.open("/images/create").await?;
            user.see("heading", "Create image").await?;
            assert_eq!(user.value("Name").await?, "");
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn other_properties_are_explained_and_wrong_names_refused_by_keys_alone() -> Outcome {
    journey(
        "properties",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            // The system is found by searching and taken with the keys.
            let system = user.field("Operating system").await?;
            system.send_keys("hat").await?;
            user.see("option", like("Red Hat Enterprise Linux")).await?;
            system.send_keys(Key::Down + Key::Enter).await?;
            user.holds("Operating system", "Red Hat Enterprise Linux").await?;
            user.read("--property=os_distro=rhel").await?;
            system.send_keys(Key::Control + "a").await?;
            system.send_keys("Haiku" + Key::Escape).await?;
            user.read("--property=os_distro=Haiku").await?;

            unfold(stage, "Other properties").await?;
            user.see("button", "Add a property").await?.send_keys(Key::Enter + "").await?;
            let name = user.field("Property").await?;
            name.send_keys("watchdog").await?;
            name.send_keys(Key::Down + Key::Enter).await?;
            user.holds("Property", "hw_watchdog_action").await?;
            user.read("What happens when the guest hangs.").await?;
            let value = user.field("Value").await?;
            value.send_keys(Key::Down + Key::Down + Key::Enter).await?;
            user.read("--property=hw_watchdog_action=reset").await?;
            name.send_keys(Key::Control + "a").await?;
            name.send_keys("os_glance_x").await?;
            user.read("belong to the image service").await?;
            user.see("button", "Remove os_glance_x").await?.send_keys(Key::Enter + "").await?;
            user.no_longer_read("belong to the image service").await
        },
    )
    .await
}

#[tokio::test]
async fn a_raw_disk_travels_as_qcow2_without_its_zeros() -> Outcome {
    journey(
        "sparse",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let folder = stage.folder.path();
            debian_disk(folder).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.pick_file("Disk image file", &folder.join("disk.raw")).await?;
            user.click("radio", like("As qcow2:")).await?;
            user.holds("Disk format", "qcow2").await?;
            user.read("qemu-img convert -f raw -O qcow2 disk.raw disk.qcow2").await?;
            user.click("button", "Create image").await?;
            user.see("heading", "disk").await?;
            user.read("SHA-512 equal").await?;
            user.read("Active").await
        },
    )
    .await
}

#[tokio::test]
async fn the_command_line_makes_the_same_image() -> Outcome {
    journey(
        "command",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let folder = stage.folder.path();
            debian_disk(folder).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.pick_file("Disk image file", &folder.join("debian-golden.qcow2")).await?;
            user.holds("Operating system", "Debian").await?;
            user.fill("Name", "-it's \"mine\" & yours").await?;
            user.click("radio", like("UEFI")).await?;
            user.click("checkbox", like("Protect from deletion")).await?;
            unfold(stage, "Hardware").await?;
            user.fill("Smallest RAM", "512").await?;
            unfold(stage, "Description and tags").await?;
            user.fill("Description", "two words, $HOME and `ls`").await?;
            user.fill("Tags", "-first, second one").await?;
            unfold(stage, "Other properties").await?;
            user.click("button", "Add a property").await?;
            user.fill("Property", "img_config_drive").await?;
            user.fill("Value", "optional").await?;
            user.read("--property=img_config_drive=optional").await?;
            let command = user.see("region", "Command line").await?.text().await?;
            user.click("button", "Create image").await?;
            user.read("SHA-512 equal").await?;
            openstack(stage, &command).await?;
            // And once more from an address, which takes two commands.
            let url = serve_file(&folder.join("debian-golden.qcow2")).await?;
            user.open("/images/create").await?;
            user.click("radio", "URL").await?;
            user.fill("Address", &url).await?;
            user.fill("Name", "fetched").await?;
            user.choose("Disk format", "qcow2").await?;
            let command = user.see("region", "Command line").await?.text().await?;
            user.click("button", "Create image").await?;
            user.see("heading", "fetched").await?;
            user.read("Active").await?;
            openstack(stage, &command).await?;
            same_pairs(stage, &["-it's \"mine\" & yours", "fetched"]).await
        },
    )
    .await
}

/// Runs a command line of the page, as pasted into a terminal in the folder where the file lies.
async fn openstack(stage: &Stage, command: &str) -> Result<String, Trouble> {
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
    // `openstack image create` without a file takes what comes in from elsewhere than a terminal for the image: so it gets a
    // terminal, as the one who pastes has.
    let script = format!("{environment}openstack() {{ '{client}' \"$@\"; }}\n{command}\n");
    let name = stage.folder.path().join("pasted.sh");
    tokio::fs::write(&name, script).await?;
    sh(stage.folder.path(), "script -qec 'sh -eu pasted.sh' /dev/null </dev/null").await
}

/// Each of these names has two images, one made by the page and one by the command, which say the same of themselves.
async fn same_pairs(stage: &Stage, names: &[&str]) -> Outcome {
    for name in names {
        stage
            .user
            .until(&format!("two active images {name}"), async || {
                Ok(images(stage, name).await?.len() == 2)
            })
            .await?;
        let pair = images(stage, name).await?;
        assert_eq!(pair.first(), pair.get(1), "{name}");
    }
    Ok(())
}

/// What the active images of that name say of themselves, without what differs from image to image.
async fn images(stage: &Stage, name: &str) -> Result<Vec<BTreeMap<String, Value>>, Trouble> {
    let found = openstack(stage, "openstack image list --long --status active -f json").await?;
    let rows: Vec<BTreeMap<String, Value>> = serde_json::from_str(&found)?;
    let mut images = Vec::new();
    for row in rows.iter().filter(|row| row.get("Name").and_then(Value::as_str) == Some(name)) {
        let id = row.get("ID").and_then(Value::as_str).ok_or("an image without an id")?;
        let shown = openstack(stage, &format!("openstack image show {id} -f json")).await?;
        let mut image: BTreeMap<String, Value> = serde_json::from_str(&shown)?;
        for own in ["id", "created_at", "updated_at", "file"] {
            image.remove(own);
        }
        // What the client adds of its own, besides what it was told.
        if let Some(properties) = image.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|key, _| !key.starts_with("owner_specified.") && key != "self");
        }
        images.push(image);
    }
    Ok(images)
}

/// Opens what is folded away under that title.
async fn unfold(stage: &Stage, title: &str) -> Outcome {
    let title = format!("//summary[contains(., '{title}')]");
    Ok(stage.user.driver().find(By::XPath(title)).await?.click().await?)
}
