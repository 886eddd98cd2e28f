//! The SD-JWT layer against another implementation (`sd-jwt-payload`): from the input a payload with disclosures is built,
//! honest or with one fault, and both process it. Every disagreement must be one that `docs/sd-jwt-differences.md` explains.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use realname::jose::{Json, encode};
use realname::sd_jwt::{Disclosure, SdJwtError, reveal};
use sd_jwt_payload::SdObjectDecoder;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

fuzz_target!(|data: &[u8]| {
    let mut maker = Maker { input: Unstructured::new(data), shown: Vec::new(), digests: Vec::new(), salt: 0 };
    let Ok(payload) = maker.payload() else { return };
    let ours = judge_here(&payload, &maker.shown);
    let theirs = judge_there(&payload, &maker.shown);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(normalised(ours), normalised(theirs), "{payload}\n{:?}", maker.shown)
        }
        (Err(_), Err(_)) => {}
        (Err(ours), Ok(_)) => {
            assert!(is_explained(&ours), "refused only here: {ours:?}\n{payload}\n{:?}", maker.shown)
        }
        (Ok(_), Err(theirs)) => panic!("refused only there: {theirs}\n{payload}\n{:?}", maker.shown),
    }
});

/// What the peer lets pass.
fn is_explained(error: &SdJwtError) -> bool {
    matches!(
        error,
        SdJwtError::NestedAlg | SdJwtError::Digests | SdJwtError::DigestTwice | SdJwtError::ReservedName
    )
}

/// What the peer leaves of digests in objects and arrays of which everything is withheld, and what it loses: empty objects
/// in arrays.
fn normalised(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .into_iter()
                .filter(|(name, _)| name != "_sd")
                .map(|(name, value)| (name, normalised(value)))
                .collect(),
        ),
        Value::Array(array) => Value::Array(
            array
                .into_iter()
                .filter(|value| value.get("...").is_none())
                .map(normalised)
                .filter(|value| *value != json!({}))
                .collect(),
        ),
        plain => plain,
    }
}

fn judge_here(payload: &Value, shown: &[String]) -> std::result::Result<Value, SdJwtError> {
    let payload = Json::parse(payload.to_string().as_bytes(), 1 << 20)?;
    let disclosures =
        shown.iter().map(|one| Disclosure::parse(one)).collect::<std::result::Result<Vec<_>, _>>()?;
    let revealed = reveal(payload, &disclosures)?;
    Ok(serde_json::from_slice(&revealed.payload().to_bytes()).unwrap())
}

fn judge_there(payload: &Value, shown: &[String]) -> std::result::Result<Value, String> {
    let object = payload.as_object().unwrap();
    let decoded = SdObjectDecoder::new_with_sha256().decode(object, &shown.to_vec());
    decoded.map(Value::Object).map_err(|error| format!("{error:?}"))
}

struct Maker<'a> {
    input: Unstructured<'a>,
    shown: Vec<String>,
    digests: Vec<String>,
    salt: u32,
}

impl Maker<'_> {
    fn payload(&mut self) -> Result<Value> {
        let mut object = self.object(0)?;
        if self.input.ratio(1, 2)? {
            object.insert("_sd_alg".into(), json!("sha-256"));
        }
        self.fault(&mut object)?;
        Ok(Value::Object(object))
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        Ok(match self.input.int_in_range(0..=if depth < 4 { 5 } else { 3 })? {
            0 => Value::Null,
            1 => json!(self.input.arbitrary::<bool>()?),
            2 => json!(self.input.arbitrary::<i32>()?),
            3 => json!(["", "a", "测试", "\u{0}\"\\"][self.input.choose_index(4)?]),
            4 => Value::Object(self.object(depth + 1)?),
            _ => self.array(depth + 1)?,
        })
    }

    fn object(&mut self, depth: usize) -> Result<Map<String, Value>> {
        let mut object = Map::new();
        let mut digests = Vec::new();
        for name in ["a", "b", "c", "d"].into_iter().take(self.input.int_in_range(0..=4)?) {
            let value = self.value(depth)?;
            if self.input.ratio(1, 2)? {
                digests.push(json!(self.conceal(Some(name), value)?));
            } else {
                object.insert(name.into(), value);
            }
        }
        if self.input.ratio(1, 4)? {
            digests.push(json!(self.decoy()));
        }
        if !digests.is_empty() {
            object.insert("_sd".into(), Value::Array(digests));
        }
        Ok(object)
    }

    fn array(&mut self, depth: usize) -> Result<Value> {
        let mut array = Vec::new();
        for _ in 0..self.input.int_in_range(0..=3)? {
            let value = self.value(depth)?;
            let hidden = self.input.ratio(1, 2)?;
            array.push(if hidden { json!({"...": self.conceal(None, value)?}) } else { value });
        }
        if self.input.ratio(1, 4)? {
            array.push(json!({"...": self.decoy()}));
        }
        Ok(Value::Array(array))
    }

    /// The digest of a disclosure, which is shown or withheld. Withholding an outer one leaves the inner ones hanging, so
    /// those go as well.
    fn conceal(&mut self, name: Option<&str>, value: Value) -> Result<String> {
        self.salt += 1;
        let mut parts = vec![json!(format!("salt {}", self.salt))];
        parts.extend(name.map(|name| json!(name)));
        parts.push(value.clone());
        let encoded = encode(Value::Array(parts).to_string().as_bytes());
        let digest = encode(&Sha256::digest(&encoded));
        self.digests.push(digest.clone());
        if self.input.ratio(3, 4)? {
            self.shown.push(encoded);
        } else {
            let inside = value.to_string();
            self.shown.retain(|one| !inside.contains(&encode(&Sha256::digest(one))));
        }
        Ok(digest)
    }

    fn decoy(&mut self) -> String {
        self.salt += 1;
        encode(&Sha256::digest(self.salt.to_be_bytes()))
    }

    /// At most one thing that isn't right.
    fn fault(&mut self, object: &mut Map<String, Value>) -> Result<()> {
        let last = self.digests.last().cloned().unwrap_or_default();
        let bad = |parts: Value| encode(parts.to_string().as_bytes());
        let reference = |one: &str| json!([encode(&Sha256::digest(one))]);
        match self.input.int_in_range(0..=24)? {
            0 => drop(object.insert("_sd_alg".into(), json!("sha-512"))),
            1 => drop(object.insert("x".into(), json!({"_sd_alg": "sha-256"}))),
            2 => drop(object.insert("x".into(), json!({"_sd": "no list"}))),
            3 => drop(object.insert("x".into(), json!({"_sd": [1]}))),
            4 => drop(object.insert("x".into(), json!([{"...": 1}]))),
            5 => drop(object.insert("x".into(), json!([{"...": "digest", "y": 1}]))),
            6 => drop(object.insert("x".into(), json!({"...": "digest"}))),
            7 => drop(object.insert("x".into(), json!({"_sd": [last]}))),
            8 => drop(object.insert("x".into(), json!([{"...": last}]))),
            9 => self.shown.push(bad(json!(["salt", "unreferenced", 1]))),
            10 => self.shown.extend(self.shown.last().cloned()),
            11..=16 => {
                let parts = [
                    json!(["salt", "_sd", []]),
                    json!(["salt", "...", 1]),
                    json!(["salt", "a", "there already"]),
                    json!(["salt", 5, 1]),
                    json!(["salt", "n", 1, 2]),
                    json!(["salt", 1]),
                ];
                let one = bad(parts[self.input.choose_index(6)?].clone());
                let digests = object.entry("_sd").or_insert_with(|| json!([]));
                if let (Value::Array(digests), Value::Array(more)) = (digests, reference(&one)) {
                    digests.extend(more);
                }
                self.shown.push(one);
            }
            17 => self.shown.push("@".into()),
            18 => self.shown.push(String::new()),
            _ => {}
        }
        Ok(())
    }
}
