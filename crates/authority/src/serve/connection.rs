//! One connection: a question, its answer, and what is to go wrong on the way.

use std::net::TcpStream;
use std::time::Duration;

use jiff::Timestamp;

use super::wire::{Line, Unread, encode};
use super::{Register, RegisterFault, RegisterFaults, ServeOptions};
use crate::http::{Request, Response};

pub(super) fn handle(stream: TcpStream, register: &Register, options: &ServeOptions) {
    let fault = options.faults.next();
    let mut line = Line::new(stream, options.patience);
    match fault {
        Some(RegisterFault::Deaf) => {
            line.wait_for_first_byte();
            // Nothing is read: the peer waits for its own patience to end.
            std::thread::sleep(options.patience);
            return;
        }
        Some(RegisterFault::ResetBefore) => return line.wait_for_first_byte(),
        _ => {}
    }
    let request = match line.request(fault == Some(RegisterFault::ResetAfter)) {
        Ok(request) => request,
        Err(Unread::Gone) => return,
        Err(Unread::Refused(status)) => {
            let _ = line.send(&encode(&Response::new(status, "")));
            return line.finish();
        }
    };
    if fault == Some(RegisterFault::Busy) {
        let _ = line.send(&encode(&Response::new(503, "").with_header("retry-after", "0")));
        return line.finish();
    }
    let reply = register.reply(&request, Timestamp::now());
    if reply_with(&mut line, register, &request, reply, &options.faults, fault).is_ok() {
        line.finish();
    }
}

fn reply_with(
    line: &mut Line,
    register: &Register,
    request: &Request,
    reply: Response,
    faults: &RegisterFaults,
    fault: Option<RegisterFault>,
) -> Result<(), Unread> {
    let bytes = encode(&reply);
    match fault {
        None | Some(RegisterFault::Deaf | RegisterFault::ResetBefore | RegisterFault::Busy) => {
            faults.remember(reply);
            line.send(&bytes)
        }
        Some(RegisterFault::Silent) => {
            line.hold();
            Err(Unread::Gone)
        }
        // The byte that was left unread turns the close into a reset.
        Some(RegisterFault::ResetAfter) => Err(Unread::Gone),
        Some(RegisterFault::HalfBody) => {
            let half = bytes.len() - reply.body.len() / 2 - 1;
            line.send(bytes.get(..half).unwrap_or_default())
        }
        Some(RegisterFault::SlowDrip) => {
            for byte in &bytes {
                line.send(&[*byte])?;
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }
        Some(RegisterFault::FailedAfter) => line.send(&encode(&Response::new(500, ""))),
        Some(RegisterFault::WrongSchema) => {
            line.send(&encode(&resealed(register, request, r#"{"ok":true}"#.into())))
        }
        Some(RegisterFault::UnknownCode) => {
            let text =
                String::from_utf8_lossy(&reply.body).replace(r#""subject":""#, r#""subject":"vouched-"#);
            line.send(&encode(&resealed(register, request, text)))
        }
        Some(RegisterFault::WrongSignature) => {
            let lie = rosy(&String::from_utf8_lossy(&reply.body));
            let forged = Response { body: lie.into_bytes().into(), ..reply };
            line.send(&encode(&forged))
        }
        Some(RegisterFault::DuplicateMember) => {
            let truth = String::from_utf8_lossy(&reply.body);
            let lie = truth.replacen('{', r#"{"subject":"found","name":"match","id_number":"match","#, 1);
            line.send(&encode(&resealed(register, request, lie)))
        }
        Some(RegisterFault::DuplicateReply) => line.send(&[bytes.as_slice(), bytes.as_slice()].concat()),
        Some(RegisterFault::OtherAnswer) => line.send(&encode(&faults.earlier().unwrap_or(reply))),
        Some(RegisterFault::Oversized) => {
            let padded =
                format!("{}{}", " ".repeat(2 * Response::MAX_BODY), String::from_utf8_lossy(&reply.body));
            line.send(&encode(&resealed(register, request, padded)))
        }
        Some(RegisterFault::Garbage) => line.send(b"\x16\x03\x01 this is not HTTP\r\n\r\n"),
        Some(RegisterFault::Redirect) => {
            line.send(&encode(&Response::new(307, "").with_header("location", "http://127.0.0.1:9/v1/query")))
        }
    }
}

/// The body with every no turned into a yes.
fn rosy(body: &str) -> String {
    let words = ["mismatch", "not_found", "inactive.deceased", "lost_or_revoked", "different", "spoof"];
    let better = ["match", "found", "found", "valid", "same", "live"];
    words
        .iter()
        .zip(better)
        .fold(body.to_owned(), |body, (no, yes)| body.replace(&format!("\"{no}\""), &format!("\"{yes}\"")))
}

/// Another body with its right signature: what is wrong with it is in its content.
fn resealed(register: &Register, request: &Request, body: String) -> Response {
    let key = serde_json::from_slice::<serde_json::Value>(&request.body)
        .ok()
        .and_then(|question| question.get("key")?.as_str().map(str::to_owned));
    let key = key.unwrap_or_else(|| request.path.rsplit('/').next().unwrap_or_default().to_owned());
    register.sealed(request, &key, Response::new(200, body))
}
