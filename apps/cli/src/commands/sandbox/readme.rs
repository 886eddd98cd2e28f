//! What a sandbox says of itself. Every command of it is run by a test.

/// The commands that answer the sandbox's demand, from the directory that it is in.
pub(super) fn commands(dir: &str) -> String {
    let dir = if dir.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte)) {
        dir.to_owned()
    } else {
        format!("'{}'", dir.replace('\'', r"'\''"))
    };
    format!(
        "realname attest --demand {dir}/demand.jwt --config {dir}/terminal.toml \\
    --trust {dir}/trust.jwt --anchor {dir}/anchor.json --authority dir:{dir}/register.json \\
    --declared {dir}/declared.json --portrait {dir}/portrait-side.jpg \\
    --emblem {dir}/emblem-side.jpg --holder {dir}/holder.jpg --yes --out {dir}/presentation
realname verify --demand {dir}/demand.jwt --trust {dir}/trust.jwt --anchor {dir}/anchor.json \\
    --store {dir}/store --record {dir}/record.json {dir}/presentation"
    )
}

/// `README.md`. It names no place but `.`.
pub(super) fn text() -> String {
    let commands = commands(".");
    format!(
        "# A sandbox of realname

Everything here is synthetic, for tests only, and proves nothing about anybody. The person is 测试甲; the number
+8613900000001 is sold online. Run the commands in this directory.

## Answer the demand

`demand.jwt` was made with this sandbox and can be answered for ten minutes. Made anew, and remembered in `store`:

```sh
realname demand new --key shop.pem --iss https://shop.example --purpose sim.activate \\
    --number +8613900000001 --locality remote --claim name --claim id_number \\
    --check triplet --check registry --env test --store store --out demand.jwt
```

Checked from three photos and what the buyer typed, then decided; a second time it is refused (`already_answered`):

```sh
{commands}
```

## On site

With a card reader in software in place of a real one (it runs until it is ended; `kill %1`):

```sh
realname emulator --card card.json --again --link reader &
realname demand new --key shop.pem --iss https://shop.example --purpose sim.cancel \\
    --number +8613900000001 --expect expect.json --check chip --env test --store store --out cancel.jwt
realname attest --demand cancel.jwt --config terminal.toml --trust trust.jwt --anchor anchor.json \\
    --authority dir:register.json --port reader --live live.jpg --yes --out presentation
realname verify --demand cancel.jwt --trust trust.jwt --anchor anchor.json --store store presentation
```

## What is what

| file | is |
|---|---|
| `anchor.pem`, `anchor.json` | the trust authority's key, and what everybody trusts of it |
| `list.json`, `trust.jwt` | who may attest and who may ask for what, as written and as signed |
| `operator.pem`, `terminal.pem`, `constraints.json`, `terminal.delegation` | the operator's key, its terminal's, and what the operator lets that do for a week |
| `shop.pem`, `store` | the key of the shop that asks, and its memory of what it asked |
| `accounts.json` | what the home's systems have of the sandbox's number, for a desk |
| `confirmation.secret` | the secret under which a service keeps second confirmations |
| `terminal.toml`, `serve.toml` | configurations of the terminal, and of a service that relies on its answers |
| `demand.jwt`, `expect.json`, `declared.json` | a demand, whom the shop expects, what the buyer typed |
| `register.json`, `portraits` | the TEST register and its photos |
| `card.json`, `live.jpg` | 测试甲's card for `realname emulator`, and a photo on the spot |
| `portrait-side.jpg`, `emblem-side.jpg`, `holder.jpg` | the photos of an online order |
"
    )
}
