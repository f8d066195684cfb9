//! Data that would like to be more than text: in names, properties, tags, logs, refusals and `config.json`, on every page that
//! shows it. It is shown as it is, nothing of it runs or leads anywhere, and no page is pushed wide by it.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use http::Method;
use serde_json::{Value, json};
use slipway_e2e::{
    Api, CLOSING, CONFIG, CONTROL, DATA_ADDRESS, Kind, MARKUP, Outcome, SCRIPT_ADDRESS, Stage,
    TURNED, Trouble, WORDED, console_with, journey_in, journey_with, like, long, noise,
};
use thirtyfour::Key;

/// A part of each name by which a person knows it, and the name.
fn names() -> [(&'static str, String); 6] {
    [
        ("onerror", MARKUP.to_owned()),
        ("textarea", CLOSING.to_owned()),
        ("gnp.exe", TURNED.to_owned()),
        ("worded {name}", WORDED.to_owned()),
        ("control", CONTROL.to_owned()),
        ("WWWW", long()),
    ]
}

fn id_of(made: &Value) -> Result<String, Trouble> {
    Ok(made.get("id").and_then(Value::as_str).ok_or("no id")?.to_owned())
}

/// An image with hostile words wherever Glance takes words; its id. `active` gives it data.
async fn image(beside: &Api, name: &str, active: bool) -> Result<String, Trouble> {
    let record = json!({
        "name": name, "disk_format": "raw", "container_format": "bare",
        "tags": [MARKUP, CLOSING, TURNED, long()],
        "os_distro": MARKUP, "os_version": CLOSING, "description": name, "os_admin_user": "-oProxyCommand=$(id)",
        "homepage": SCRIPT_ADDRESS, "logo": DATA_ADDRESS, "hw_rescue_device": MARKUP, "hw_machine_type": CLOSING,
        "image_type": "snapshot", "instance_uuid": "../login?next=//elsewhere.example/", "base_image_ref": MARKUP,
        "owner_user_name": CLOSING, "block_device_mapping": format!("[{{\"volume_size\": \"{SCRIPT_ADDRESS}\"}}]"),
        "<img src=y onerror=window.__owned=1>": long(), "w".repeat(255): MARKUP,
    });
    let made = beside.ask(Method::POST, &beside.images_url(), Some(record)).await?;
    let id = id_of(&made)?;
    if active {
        beside.put_image(&id, vec![0; 1 << 20]).await?;
    }
    Ok(id)
}

#[tokio::test]
async fn images_of_hostile_words() -> Outcome {
    journey_in(
        Kind::Chromium,
        "hostile-images",
        |_| {},
        async |stage| {
            let (user, beside) = (&stage.user, stage.api().await?);
            let mut ids = Vec::new();
            for (known_by, name) in names() {
                ids.push((known_by, image(&beside, &name, true).await?));
            }
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images?tab=private").await?;
            for (known_by, _) in &ids {
                user.see("link", like(known_by)).await?;
            }
            user.read(MARKUP).await?;
            user.took_it_for_text("the list").await?;

            user.click("button", "Find or do").await?;
            user.fill("Find or do", "onerror").await?;
            user.see("option", like("onerror")).await?;
            user.took_it_for_text("the palette").await?;
            user.press(Key::Escape).await?;

            user.click("button", like("Actions for <img")).await?;
            user.click("button", "Delete").await?;
            user.see("dialog", like("onerror")).await?;
            user.took_it_for_text("asking before an image is deleted").await?;

            for (known_by, id) in &ids {
                user.open(&format!("/images/{id}")).await?;
                user.see("heading", like(known_by)).await?;
                user.read("Properties").await?;
                user.took_it_for_text(&format!("the image {known_by}")).await?;
            }
            user.click("button", "Show as the API names them").await?;
            user.read(SCRIPT_ADDRESS).await?;
            user.read(DATA_ADDRESS).await?;
            user.took_it_for_text("the properties as the API names them").await?;

            let (_, first) = ids.first().ok_or("an image")?;
            user.open(&format!("/images/{first}/edit")).await?;
            user.holds("Name", MARKUP).await?;
            user.took_it_for_text("editing the image").await?;
            user.retype("Name", CLOSING).await?;
            user.took_it_for_text("the changes before they are saved").await
        },
    )
    .await
}

/// Names that Nova takes: no control characters, nothing that cannot be printed.
const PRINTED: [&str; 3] = [MARKUP, CLOSING, WORDED];

#[tokio::test]
async fn instances_and_what_they_are_made_of() -> Outcome {
    journey_in(
        Kind::Chromium,
        "hostile-instances",
        |_| {},
        async |stage| {
            let (user, beside) = (&stage.user, stage.api().await?);
            let image = image(&beside, MARKUP, true).await?;
            let mut servers = Vec::new();
            for name in PRINTED.map(str::to_owned).into_iter().chain([long()]) {
                let besides = json!({
                    "imageRef": image, "description": CLOSING, "metadata": { "note": MARKUP, "link": SCRIPT_ADDRESS },
                    "tags": ["<img src=x onerror=window.__owned=1>"],
                    // "#!<script>window.__owned=1</script>"
                    "user_data": "IyE8c2NyaXB0PndpbmRvdy5fX293bmVkPTE8L3NjcmlwdD4=",
                });
                servers.push(beside.make_instance(&name, "dev.small", besides).await?);
            }
            for (_, name) in names() {
                beside.make_volume(json!({ "name": name, "size": 1, "description": MARKUP })).await?;
            }
            for name in [MARKUP.to_owned(), long()] {
                let group = json!({ "security_group": { "name": name, "description": CLOSING } });
                beside.ask(Method::POST, "/networking/v2.0/security-groups", Some(group)).await?;
                let network = json!({ "network": { "name": name } });
                beside.ask(Method::POST, "/networking/v2.0/networks", Some(network)).await?;
            }
            let key = json!({ "keypair": { "name": "K".repeat(255), "type": "ssh" } });
            beside.ask(Method::POST, "/compute/v2.1/os-keypairs", Some(key)).await.or_else(accepted)?;

            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/instances").await?;
            for known_by in ["onerror", "textarea", "worded {name}", "WWWW"] {
                user.see("link", like(known_by)).await?;
            }
            user.took_it_for_text("the instances").await?;
            for id in &servers {
                user.open(&format!("/instances/{id}")).await?;
                user.see("button", "More actions").await?;
                // The log says which system boots, in the image's words.
                user.read(&format!("{MARKUP} {CLOSING}")).await?;
                user.read("login:").await?;
                user.took_it_for_text("an instance").await?;
            }
            // What the image says of its first user is no word for a shell.
            assert!(!user.page_text().await?.contains("ssh -o"), "an option for ssh");
            user.click("button", "More actions").await?;
            user.click("button", like("Delete")).await?;
            user.see("button", "Delete instance").await?;
            user.took_it_for_text("asking before an instance is deleted").await?;

            user.open("/images/create?source=volume").await?;
            user.field("Volume").await?;
            user.took_it_for_text("an image of a volume").await?;
            user.open("/images/create?source=instance").await?;
            user.field("Instance").await?;
            user.took_it_for_text("an image of an instance").await?;
            user.open("/instances/launch").await?;
            user.see("link", like("onerror")).await?;
            user.took_it_for_text("what to launch from").await?;
            user.open(&format!("/instances/launch?image={image}")).await?;
            user.see("heading", like("onerror")).await?;
            user.see("radio", "dev.small").await?;
            user.fill("Name", CLOSING).await?;
            user.took_it_for_text("the launch").await
        },
    )
    .await
}

/// The longest key name is the cloud's to refuse; then there is none to be shown.
fn accepted(trouble: Trouble) -> Result<Value, Trouble> {
    if trouble.to_string().contains("400") { Ok(Value::Null) } else { Err(trouble) }
}

/// A refusal in hostile words. The console shows a refusal's words without tags, as some services word theirs in HTML.
fn refusal(service: Service, method: &str, path: &str, status: u16) -> Rule {
    let headers =
        [("x-openstack-request-id".to_owned(), "req-<b onclick=window.__owned=1>".to_owned())];
    let message = format!("{MARKUP} {CLOSING} {SCRIPT_ADDRESS} {TURNED} {}", long());
    Rule::new(service, method, path, Action::Status { status, message, headers: headers.into() })
}

#[tokio::test]
async fn refusals_and_uploads() -> Outcome {
    journey_in(
        Kind::Chromium,
        "hostile-refusals",
        |_| {},
        async |stage| {
            let (user, beside) = (&stage.user, stage.api().await?);
            let id = image(&beside, MARKUP, true).await?;
            let faults = stage.cloud.faults();
            user.sign_in("demo", "demo-secret", "demo").await?;
            let list = refusal(Service::Image, "GET", "/v2/images", 400);
            faults.add(list.clone());
            user.open("/images").await?;
            user.read("Could not list images").await?;
            user.read("bold").await?;
            user.took_it_for_text("a list that was refused").await?;
            faults.end(&list);

            faults.add(refusal(Service::Image, "GET", "/v2/images/*", 500));
            user.open(&format!("/images/{id}")).await?;
            user.read("bold").await?;
            user.took_it_for_text("an image that was refused").await?;
            faults.clear();

            faults.add(refusal(Service::Compute, "POST", "/v2.1/servers", 400));
            user.open(&format!("/instances/launch?image={id}")).await?;
            user.see("radio", "dev.small").await?;
            user.click("radio", "dev.small").await?;
            user.fill("Name", "refused").await?;
            user.click("button", "Launch instance").await?;
            user.read("bold").await?;
            user.took_it_for_text("a launch that was refused").await?;
            faults.clear();

            // What this computer calls its files is data as well.
            let file =
                noise(stage.folder.path(), "<img src=x onerror=window.__owned=1>.raw", 1 << 20, 1)
                    .await?;
            faults.add(refusal(Service::Image, "PUT", "/v2/images/*/file", 403));
            user.choose_file_direct(&file).await?;
            user.took_it_for_text("the wizard").await?;
            user.create().await?;
            user.read("bold").await?;
            user.took_it_for_text("an upload that was refused").await
        },
    )
    .await
}

#[tokio::test]
async fn words_of_the_configuration() -> Outcome {
    let hostile = json!({
        "product_name": CLOSING,
        "clouds": [
            { "id": MARKUP, "name": MARKUP, "auth_url": "/identity/v3", "region": "dev-1", "default_domain": "Default" },
            { "id": "2", "name": long(), "auth_url": "/identity/v3" },
        ],
        "price": { "image_gb_hour": 1.5, "currency": MARKUP },
    });
    journey_with(
        Kind::Chromium,
        "hostile-config",
        |options| console_with(options, &hostile, |_| true).map(drop),
        async |stage| {
            let user = &stage.user;
            user.open("/").await?;
            user.read(&format!("Sign in to {CLOSING}")).await?;
            user.took_it_for_text("the sign-in").await?;
            user.fill("User", "demo").await?;
            user.fill("Password", "demo-secret").await?;
            user.click("button", "Sign in").await?;
            user.click("button", "demo").await?;
            user.open("/images?tab=private").await?;
            user.read(MARKUP).await?;
            user.took_it_for_text("the list, with prices").await?;

            for (file, words) in [
                (with(&hostile, "/logo", SCRIPT_ADDRESS), "The logo is javascript:"),
                (
                    with(&hostile, "/logo", "https://elsewhere.example/x.svg"),
                    "pictures from elsewhere",
                ),
                (with(&hostile, "/clouds/1/auth_url", SCRIPT_ADDRESS), "of cloud 2 is javascript:"),
                (
                    with(&hostile, "/clouds/1/endpoints", json!({ "image": DATA_ADDRESS })),
                    "of cloud 2 is data:",
                ),
                (json!({ "clouds": MARKUP }), "invalid type"),
            ] {
                write_config(stage, &file)?;
                user.open("/").await?;
                user.read("config.json cannot be used").await?;
                user.read(words).await?;
                user.took_it_for_text(words).await?;
            }
            Ok(())
        },
    )
    .await
}

/// The configuration with something else at that place.
fn with(config: &Value, place: &str, value: impl Into<Value>) -> Value {
    let mut config = config.clone();
    if let Some((above, key)) = place.rsplit_once('/')
        && let Some(object) = config.pointer_mut(above).and_then(Value::as_object_mut)
    {
        object.insert(key.to_owned(), value.into());
    }
    config
}

fn write_config(stage: &Stage, config: &Value) -> Outcome {
    let file = stage.folder.path().join("app").join(CONFIG);
    Ok(std::fs::write(file, serde_json::to_vec(config)?)?)
}

/// Every journey stands on this: what the page's policy refuses makes it fail. And those of this file on the look that would see
/// what became more than text.
#[tokio::test]
async fn a_report_of_the_policy_fails_a_journey() -> Outcome {
    let outcome = journey_in(
        Kind::Chromium,
        "policy-report",
        |_| {},
        async |stage| {
            stage.user.open("/").await?;
            stage.user.see("button", "Sign in").await?;
            let refused = r#"
                const done = arguments[0];
                document.addEventListener('securitypolicyviolation', () => done(true));
                const image = new Image();
                image.src = 'http://127.0.0.1:9/elsewhere.png';
                document.body.append(image);"#;
            stage.user.driver().execute_async(refused, Vec::<Value>::new()).await?;
            stage.user.would_see_harm().await
        },
    )
    .await;
    match outcome {
        Err(trouble) if trouble.to_string().contains("the browser's log says") => Ok(()),
        Err(trouble) => Err(trouble),
        Ok(()) => Err("a report of the policy went unnoticed".into()),
    }
}
