//! User data on the launch page: what is wrong with it, where, what mends it, how long it is; and that none of this keeps
//! anybody from launching but what the cloud would refuse.

use slipway_e2e::{Outcome, Stage, journey, like};
use thirtyfour::Key;

const EDITOR: &str = "cloud-config or script";

async fn launch_page(stage: &Stage) -> Outcome {
    stage.user.sign_in("demo", "demo-secret", "demo").await?;
    stage.user.click("link", like("Launch debian-12-x86_64")).await?;
    stage.user.see("textbox", EDITOR).await?;
    Ok(())
}

#[tokio::test]
async fn a_misspelt_key_is_found_and_mended() -> Outcome {
    journey(
        "user-data-mended",
        |_| {},
        async |stage| {
            let user = &stage.user;
            launch_page(stage).await?;
            user.fill("Name", "mended-1").await?;
            user.fill(EDITOR, "#cloud-config\nrun_cmd:\n  - touch /a\npackage_update: sure\n")
                .await?;
            user.read("cloud-init knows no key run_cmd here. Did you mean runcmd?").await?;
            user.read("Expected is true or false; this is a text.").await?;
            user.click("button", like("4:17")).await?;
            user.focused("textbox", EDITOR).await?;
            // What the finding is about is selected: typing replaces it.
            user.press("true").await?;
            user.holds(EDITOR, "#cloud-config\nrun_cmd:\n  - touch /a\npackage_update: true\n")
                .await?;
            user.click("button", "Write runcmd").await?;
            user.holds(EDITOR, "#cloud-config\nruncmd:\n  - touch /a\npackage_update: true\n")
                .await?;
            user.read("Nothing wrong was found.").await?;
            user.click("button", like("Launch")).await?;
            user.see("heading", "mended-1").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn what_is_found_keeps_nobody_from_launching() -> Outcome {
    journey(
        "user-data-launches-anyway",
        |_| {},
        async |stage| {
            let user = &stage.user;
            launch_page(stage).await?;
            user.fill("Name", "anyway-1").await?;
            user.fill(EDITOR, "hello").await?;
            user.read("cloud-init does not know this first line").await?;
            user.click("button", like("Launch")).await?;
            user.see("heading", "anyway-1").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn what_is_too_long_is_refused_here_and_fits_compressed() -> Outcome {
    journey(
        "user-data-too-long",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = stage.folder.path().join("setup.sh");
            std::fs::write(&path, format!("#!/bin/sh\n{}", "echo the same again\n".repeat(3_000)))?;
            launch_page(stage).await?;
            user.fill("Name", "long-1").await?;
            user.pick_file("User data file", &path).await?;
            user.read("80,016 of 65,535 characters").await?;
            user.read("Too long: 80,016 characters after base64").await?;
            user.click("button", "Send it compressed").await?;
            user.read("Compressed (gzip)").await?;
            user.no_longer_read("Too long").await?;
            // Nothing is lost: it comes back, and goes again.
            user.click("button", "Edit as text").await?;
            user.read("80,016 of 65,535 characters").await?;
            user.click("button", "Send it compressed").await?;
            user.see("button", "Edit as text").await?;
            user.click("button", like("Launch")).await?;
            user.see("heading", "long-1").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn ready_pieces_fit_together() -> Outcome {
    journey(
        "user-data-pieces",
        |_| {},
        async |stage| {
            let user = &stage.user;
            launch_page(stage).await?;
            user.click("button", "Packages").await?;
            user.click("button", "Run a command").await?;
            user.click("button", "Write a file").await?;
            user.click("button", "Packages").await?;
            let expected = "#cloud-config\npackage_update: true\npackages:\n  - nginx\n  - nginx\nruncmd:\n  - systemctl enable --now nginx\n\
                write_files:\n  - path: /etc/motd\n    permissions: '0644'\n    content: |\n      Welcome\n";
            user.holds(EDITOR, expected).await?;
            user.read("Nothing wrong was found.").await?;
            // A piece never changes what was written.
            user.fill(EDITOR, "#!/bin/sh\n").await?;
            user.click("button", "Packages").await?;
            user.read("It was not put in").await?;
            user.holds(EDITOR, "#!/bin/sh\n").await
        },
    )
    .await
}

#[tokio::test]
async fn the_keyboard_indents_and_leaves() -> Outcome {
    journey(
        "user-data-keys",
        |_| {},
        async |stage| {
            let user = &stage.user;
            launch_page(stage).await?;
            user.click("textbox", EDITOR).await?;
            user.press("a").await?;
            user.press(Key::Tab).await?;
            user.press("b").await?;
            user.holds(EDITOR, "a b").await?;
            user.focused("textbox", EDITOR).await?;
            user.press(Key::Escape).await?;
            user.press(Key::Tab).await?;
            user.until("the focus leaves the editor", async || {
                Ok(user.focus().await?.is_some_and(|focus| focus.role != "textbox"))
            })
            .await
        },
    )
    .await
}
