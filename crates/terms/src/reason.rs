//! Why a token was refused: stable codes, one table.

use serde::Serialize;

use super::{Check, ClaimName};

/// Language of a clerk's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English
    En,
    /// Chinese
    Zh,
}

/// One reason: the code, and which check or claim it is about. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Reason {
    /// The stable code.
    pub code: ReasonCode,
    /// The check that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// The claim that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimName>,
}

impl Reason {
    /// About a check.
    pub fn check(code: ReasonCode, check: Check) -> Self {
        Self { code, check: Some(check), claim: None }
    }

    /// About a claim.
    pub fn claim(code: ReasonCode, claim: ClaimName) -> Self {
        Self { code, check: None, claim: Some(claim) }
    }
}

impl From<ReasonCode> for Reason {
    fn from(code: ReasonCode) -> Self {
        Self { code, check: None, claim: None }
    }
}

/// The table is written once: variant, code, what it means (English), and what the clerk is told in both languages.
macro_rules! codes {
    ($($variant:ident $code:literal $meaning:literal, $en:literal, $zh:literal;)*) => {
        /// Why a token was refused. `docs/codes.md` is printed from this table; a code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ReasonCode {
            $(#[doc = $meaning] #[serde(rename = $code)] $variant,)*
        }

        impl ReasonCode {
            /// All of them, in the order of the table.
            pub const ALL: &'static [ReasonCode] = &[$(Self::$variant,)*];

            /// The stable code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What it means, for an engineer.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// What the clerk is told: what happened and what to do next.
            pub const fn text(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Self::$variant, Lang::En) => $en, (Self::$variant, Lang::Zh) => $zh,)* }
            }
        }
    };
}

codes! {
    // Row 1 of the profile's "What must be refused".
    AlgNotAllowed "alg_not_allowed" "The token's `alg` isn't that of the key record.",
        "The statement is signed in a way that isn't allowed. Ask the sender for a new one.", "签名算法不被允许，请对方重新出具。";
    HeaderKeyRefused "header_key_refused" "The header has `jwk`, `jku`, `x5u` or `x5c`.",
        "The statement brings its own key. Don't trust it; report it.", "凭证自带密钥，不可信，请上报。";
    CritRefused "crit_refused" "The header has `crit`; no critical extension is understood.",
        "The statement needs something that this program doesn't know. Ask the sender for a plain one.", "凭证含有本程序不支持的扩展，请对方重新出具。";
    // Row 2.
    ExpMissing "exp_missing" "`exp` is missing.",
        "The statement has no end. Ask the sender for a correct one.", "凭证缺少有效期，请对方重新出具。";
    Expired "expired" "`exp` is now or in the past.",
        "The statement is too old. Check the person again.", "凭证已过期，请重新核验。";
    IatMissing "iat_missing" "`iat` is missing.",
        "The statement has no date. Ask the sender for a correct one.", "凭证缺少签发时间，请对方重新出具。";
    TimeMalformed "time_malformed" "`iat`, `nbf` or `exp` isn't an integer from 0 to 2^53 - 1, or a time isn't RFC 3339 in UTC.",
        "The statement's dates can't be read. Ask the sender for a correct one.", "凭证时间格式错误，请对方重新出具。";
    NotYetValid "not_yet_valid" "`nbf` is in the future.",
        "The statement isn't valid yet. Check this computer's clock.", "凭证尚未生效，请检查本机时钟。";
    IssuedInFuture "issued_in_future" "`iat` is in the future.",
        "The statement is from the future. Check this computer's clock.", "签发时间晚于当前时间，请检查本机时钟。";
    LifeTooLong "life_too_long" "`exp` - `iat` is more than the maximum.",
        "The statement is valid for too long. Ask the sender for a correct one.", "凭证有效期过长，请对方重新出具。";
    VerifiedAfterIssued "verified_after_issued" "`verification.time` is after `iat`.",
        "The statement was signed before the check that it speaks of. Report it.", "核验时间晚于签发时间，请上报。";
    CheckAfterIssued "check_after_issued" "A check's `time` is after `iat`.",
        "The statement speaks of a check that hadn't been made. Report it.", "核验项时间晚于签发时间，请上报。";
    ConsentAfterIssued "consent_after_issued" "`consent.time` is after `iat`.",
        "The statement was signed before the person agreed. Report it.", "同意时间晚于签发时间，请上报。";
    // Row 3.
    TooLarge "too_large" "The token, or the number of its disclosures, is above the limit; nothing was parsed.",
        "The file is too large to be a statement.", "文件过大，不是有效凭证。";
    JsonDuplicateMember "json_duplicate_member" "A JSON object has a member twice, after unescaping.",
        "The statement can be read in two ways. Don't trust it; report it.", "凭证内容有歧义，不可信，请上报。";
    JsonMalformed "json_malformed" "Not exactly one JSON value: a byte order mark, trailing bytes, bad syntax.",
        "The statement is damaged. Ask for it again.", "凭证已损坏，请重新获取。";
    JsonNotUtf8 "json_not_utf8" "JSON that isn't UTF-8.",
        "The statement is damaged. Ask for it again.", "凭证编码错误，请重新获取。";
    JsonTooDeep "json_too_deep" "JSON nested deeper than 32.",
        "The statement is damaged. Ask for it again.", "凭证结构异常，请重新获取。";
    // Row 4.
    Base64Malformed "base64_malformed" "A part isn't canonical base64url: padding, whitespace, wrong alphabet, unused bits.",
        "The statement is damaged, perhaps by copying. Ask for it again.", "凭证已损坏（可能复制时出错），请重新获取。";
    // Row 5.
    TypWrong "typ_wrong" "`typ` is missing or another one than this place demands.",
        "This is another kind of statement. Ask for the right one.", "凭证类型不符，请提供正确的凭证。";
    TokenMalformed "token_malformed" "Not `header.payload.signature`, or not `jwt~disclosure*~kb-jwt`, or a header member has the wrong type.",
        "The statement is damaged. Ask for it again.", "凭证已损坏，请重新获取。";
    KeyBindingMissing "key_binding_missing" "The key-binding JWT is missing.",
        "The statement doesn't answer your request. Ask for a presentation.", "凭证未绑定本次请求，请对方重新出示。";
    KeyBindingMisplaced "key_binding_misplaced" "The key-binding JWT is there twice or in the wrong place.",
        "The statement is put together wrongly. Don't trust it; report it.", "凭证拼接异常，不可信，请上报。";
    // Row 6.
    SdHashMismatch "sd_hash_mismatch" "`sd_hash` is over other disclosures.",
        "The statement was changed after it was presented. Don't trust it; report it.", "凭证出示后被改动，不可信，请上报。";
    DemandHashMismatch "demand_hash_mismatch" "`demand_hash` is of another demand.",
        "What the person was shown isn't what you asked. Don't trust it; report it.", "对方所见请求与本次请求不一致，不可信，请上报。";
    KeyBindingSignature "key_binding_signature" "The key-binding JWT isn't signed by the key in `cnf`.",
        "Somebody else presented this statement. Don't trust it; report it.", "凭证并非由原终端出示，不可信，请上报。";
    AudienceMismatch "audience_mismatch" "`aud` isn't the demand's `iss`, as one string.",
        "The statement was made for somebody else.", "凭证是出具给其他机构的。";
    NonceMismatch "nonce_mismatch" "`nonce` isn't the demand's.",
        "The statement answers another request.", "凭证对应的是另一次请求。";
    KeyBindingTime "key_binding_time" "The key-binding JWT's `iat` is outside the demand's life, give or take the skew.",
        "The answer doesn't fall into the time of the request. Check the clocks and ask again.", "出示时间不在请求有效期内，请检查时钟后重试。";
    DemandExpired "demand_expired" "The demand's time is over.",
        "The request is too old. Make a new one.", "请求已过期，请重新发起。";
    DemandUnknown "demand_unknown" "The store knows no such demand.",
        "You didn't make this request, or not with this store.", "未找到对应的请求。";
    AlreadyAnswered "already_answered" "The demand was answered before; the recorded verdict is shown.",
        "This request was answered before. Each works once; make a new one if you need to.", "该请求已使用过，如有需要请重新发起。";
    // Row 7.
    DisclosureUnreferenced "disclosure_unreferenced" "No digest refers to a disclosure.",
        "Something was added to the statement. Don't trust it; report it.", "凭证被附加了内容，不可信，请上报。";
    DisclosureDuplicate "disclosure_duplicate" "A disclosure stands there twice.",
        "The statement is put together wrongly. Don't trust it; report it.", "凭证拼接异常，不可信，请上报。";
    DigestDuplicate "digest_duplicate" "A digest stands there twice.",
        "The statement is put together wrongly. Don't trust it; report it.", "凭证摘要重复，不可信，请上报。";
    DisclosedNameReserved "disclosed_name_reserved" "A disclosed member is called `_sd` or `...`.",
        "The statement is put together wrongly. Don't trust it; report it.", "凭证字段名异常，不可信，请上报。";
    DisclosedNameExists "disclosed_name_exists" "A disclosed member is there already.",
        "The statement is put together wrongly. Don't trust it; report it.", "凭证字段重复，不可信，请上报。";
    DisclosureShape "disclosure_shape" "A disclosure hasn't two elements in an array or three in an object.",
        "The statement is damaged. Ask for it again.", "凭证披露项格式错误，请重新获取。";
    DigestsMalformed "digests_malformed" "`_sd` isn't an array of strings, or `...` isn't alone with a string.",
        "The statement is damaged. Ask for it again.", "凭证摘要格式错误，请重新获取。";
    SdAlgNested "sd_alg_nested" "`_sd_alg` below the top level.",
        "The statement is put together wrongly. Don't trust it; report it.", "凭证摘要算法位置异常，不可信，请上报。";
    SdAlgUnknown "sd_alg_unknown" "`_sd_alg` isn't `sha-256`.",
        "The statement uses a digest that isn't allowed. Ask the sender for a new one.", "摘要算法不被允许，请对方重新出具。";
    ClaimNeverDisclosable "claim_never_disclosable" "A claim other than those under `verified_claims.claims` is behind a digest.",
        "The statement hides what must be open. Don't trust it; report it.", "凭证隐藏了必须公开的内容，不可信，请上报。";
    ClaimInPlainSight "claim_in_plain_sight" "A personal claim isn't behind a digest.",
        "The statement shows personal data to everybody. Tell the sender.", "凭证明文携带个人信息，请通知对方。";
    // Row 8.
    ClaimMissing "claim_missing" "A claim that the demand asked for isn't disclosed.",
        "Something that you asked for is missing. Ask again.", "缺少所要求的信息，请重新发起。";
    HolderMismatch "holder_mismatch" "The person isn't the one expected.",
        "This is another person than the number's holder. Don't go on.", "核验人与号码机主不一致，不予办理。";
    // Row 9.
    CheckMissing "check_missing" "A required check isn't stated.",
        "A check that you asked for wasn't made. Check the person again.", "缺少必要的核验项，请重新核验。";
    CheckDuplicate "check_duplicate" "A check is stated twice.",
        "The statement contradicts itself. Don't trust it; report it.", "核验项重复，不可信，请上报。";
    CheckNotPassed "check_not_passed" "A required check has another outcome than `pass`.",
        "A check that you asked for wasn't passed. Check the person again, or send them to a desk.", "必要的核验项未通过，请重新核验或转人工办理。";
    CheckMalformed "check_malformed" "`realname.checks` isn't a list of checks with outcomes.",
        "The statement's checks can't be read. Ask the sender for a correct one.", "核验项格式错误，请对方重新出具。";
    PurposeNotConsented "purpose_not_consented" "The person didn't consent to the demand's purpose.",
        "The person agreed to something else. Ask them again.", "本人未同意该用途，请重新征得同意。";
    EnvUnknown "env_unknown" "`env` is neither `production` nor `test`.",
        "It isn't clear whether the statement counts. Ask the sender for a correct one.", "凭证环境标识无效，请对方重新出具。";
    EnvMismatch "env_mismatch" "`env` isn't the demand's.",
        "Test and real statements don't mix.", "测试与正式凭证不可混用。";
    ActingUnknown "acting_unknown" "`acting` isn't `self`.",
        "Somebody acted for the person, which isn't supported. Send them to a desk.", "不支持代办，请转人工办理。";
    TooOld "too_old" "The check is older than `max_age`.",
        "The check was too long ago. Check the person again.", "核验时间过久，请重新核验。";
    CheckedBeforeDemand "checked_before_demand" "The person was checked before the demand was made.",
        "The person was checked before you asked. Check them again.", "核验早于本次请求，请重新核验。";
    NotOnsite "not_onsite" "`onsite` was demanded and the check was remote.",
        "The person must come to a shop with the card.", "须本人持证到现场办理。";
    TerminalMismatch "terminal_mismatch" "Another terminal than the demanded one answered.",
        "Another terminal answered. Use the one that you asked.", "应答终端与指定终端不一致。";
    // Row 10.
    KeyUnknown "key_unknown" "No listed key has that `kid`.",
        "The sender isn't in the trust list. Fetch the newest list; don't go on without.", "签发方不在信任列表中，请更新列表，否则不予办理。";
    KeyOtherIssuer "key_other_issuer" "The key may not sign for that `iss`.",
        "The key belongs to somebody else than the named sender. Report it.", "密钥与签发方不符，请上报。";
    KeyOtherRole "key_other_role" "The key is listed for another role.",
        "The key isn't listed for this use. Report it.", "密钥用途不符，请上报。";
    KeyOutsideWindow "key_outside_window" "The key wasn't valid at the token's `iat`.",
        "The key wasn't valid when this was signed. Ask the sender for a new one.", "签发时密钥不在有效期内，请对方重新出具。";
    KeyRevoked "key_revoked" "The key was revoked before it signed.",
        "The key was revoked. Ask the sender for a new statement.", "签发密钥已撤销，请对方重新出具。";
    KeyCompromised "key_compromised" "The key was revoked for compromise: nothing that it ever signed counts.",
        "The key was stolen. Trust nothing that it signed.", "签发密钥已泄露，其签名一律无效。";
    KidMismatch "kid_mismatch" "A `kid` isn't the thumbprint of its key.",
        "The key is named wrongly. Report it.", "密钥标识不符，请上报。";
    ListMalformed "list_malformed" "The trust list lacks a member or has one of the wrong type.",
        "The trust list is damaged. Fetch it again.", "信任列表已损坏，请重新获取。";
    ListSignature "list_signature" "The trust list's signature doesn't verify under its anchor.",
        "The trust list isn't genuine. Fetch it again; report it.", "信任列表签名无效，请重新获取并上报。";
    ListExpired "list_expired" "The trust list's `exp` is now or in the past.",
        "The trust list is too old, or the clock is wrong. Fetch the newest list.", "信任列表已过期或时钟有误，请更新。";
    ListFromFuture "list_from_future" "The trust list's `iat` is in the future.",
        "Check this computer's clock: the trust list is newer than it. If the clock is right, report the list.", "请检查本机时钟：信任列表的签发时间晚于本机时间；如时钟无误，请上报。";
    AnchorOutsideWindow "anchor_outside_window" "The anchor that signed the trust list is known, but isn't valid at this computer's time.",
        "Check this computer's clock. If it is right, the anchor file's time is over or hasn't come: get the newest anchor file.", "请检查本机时钟；如时钟无误，信任锚未生效或已过期，请获取最新的信任锚文件。";
    AnchorUnknown "anchor_unknown" "No anchor of yours signed the trust list, or none whose time it was.",
        "The trust list is signed by nobody whom you trust. Check your anchor file.", "信任列表的签发者不在信任锚中，请检查信任锚文件。";
    ListRolledBack "list_rolled_back" "A trust list with a higher `seq` was seen.",
        "A newer trust list was used before. Fetch the newest list.", "已使用过更新的信任列表，请获取最新列表。";
    ListConflicting "list_conflicting" "The same `seq` was seen with another content.",
        "Two different trust lists claim to be the same. Stop and report it.", "同一序号的信任列表内容不一致，请停止并上报。";
    DelegationMalformed "delegation_malformed" "A delegation statement lacks a member or has one of the wrong type.",
        "The terminal's authorisation is damaged. Ask the operator for a new one.", "终端授权已损坏，请向运营方重新申请。";
    DelegationLink "delegation_link" "The delegation chain's links don't fit, or a link's signature doesn't verify.",
        "The terminal's authorisation doesn't fit together. Report it.", "终端授权链不连续，请上报。";
    DelegationChainTooLong "delegation_chain_too_long" "More than two delegation statements.",
        "The terminal's authorisation was passed on too often. Report it.", "终端授权层级过多，请上报。";
    DelegationTooLong "delegation_too_long" "A delegation statement is valid for more than seven days.",
        "The terminal's authorisation is too long. Ask the operator for a new one.", "终端授权期限过长，请向运营方重新申请。";
    DelegationExpired "delegation_expired" "A delegation statement isn't valid at the token's `iat` or is over.",
        "The terminal's authorisation is over. Ask the operator for a new one.", "终端授权已过期，请向运营方重新申请。";
    DelegationWidened "delegation_widened" "A delegation statement allows more than the one above it.",
        "The terminal's authorisation was widened. Report it.", "终端授权被扩大，请上报。";
    DelegationExceeded "delegation_exceeded" "The attestation says more than its delegation allows.",
        "The terminal said more than it may. Report it.", "终端超出授权范围，请上报。";
    DelegationConstraintUnknown "delegation_constraint_unknown" "A delegation statement has a constraint that isn't understood.",
        "The terminal's authorisation has a limit that this program doesn't know. Update the program.", "终端授权含有未知限制，请升级程序。";
    AskerNotAllowed "asker_not_allowed" "The asker may not ask for that purpose or those claims.",
        "The asker isn't allowed to ask this. Show nothing to them.", "请求方无权提出该请求，请勿提供信息。";
    // Row 11.
    SignatureInvalid "signature_invalid" "The signature doesn't verify (strictly).",
        "The signature is wrong. Don't trust it; report it.", "签名无效，不可信，请上报。";
    KeyRefused "key_refused" "A key of small order, private, of another kind, or not canonically encoded.",
        "A key in the statement isn't usable. Report it.", "密钥不可用，请上报。";
    // What is left: members of the profile itself.
    TextUnsafe "text_unsafe" "A text or an id that is shown to people is empty, too long, or holds characters that aren't allowed there: controls, marks of direction, separators of lines; in an id anything but `A`-`Z` `a`-`z` `0`-`9` `.` `_` `:` `-`.",
        "A text in it could show something else than it says. Don't go on; report it.", "内容含有可伪造显示的字符，请停止办理并上报。";
    SubMissing "sub_missing" "`sub` is missing, or isn't 128 random bits in base64url.",
        "The statement lacks its reference. Ask the sender for a correct one.", "凭证缺少引用标识，请对方重新出具。";
    JtiMissing "jti_missing" "`jti` is missing, or isn't 128 random bits in base64url.",
        "The statement lacks its own number. Ask the sender for a correct one.", "凭证缺少编号，请对方重新出具。";
    EvidenceMissing "evidence_missing" "`verification.evidence` is missing, empty, or not a list of objects with a `type`.",
        "The statement doesn't say what was checked. Ask the sender for a correct one.", "凭证未说明核验依据，请对方重新出具。";
    EvidenceContradicts "evidence_contradicts" "`assurance_level` is `onsite` and a face was checked remotely (`bvr`), or `remote` and one in person (`bvp`).",
        "The statement contradicts itself about where the person was. Report it.", "凭证对核验地点的说法自相矛盾，请上报。";
    ReaderEmulated "reader_emulated" "In production, `realname.terminal.reader` isn't `serial`, `usb` or `hid`.",
        "The card was read by no real reader. Don't trust it; report it.", "证件并非由真实读卡器读取，不可信，请上报。";
    ClaimMalformed "claim_malformed" "A member that the profile demands is missing or of the wrong type.",
        "The statement lacks something. Ask the sender for a correct one.", "凭证内容不完整，请对方重新出具。";
    VctUnknown "vct_unknown" "`vct` isn't one that is accepted.",
        "This is another kind of statement. Ask for the right one.", "凭证种类不符，请提供正确的凭证。";
    DemandMalformed "demand_malformed" "The demand lacks a member, or has one that can't be answered.",
        "The request can't be read. Ask for a correct one.", "请求格式错误，请对方重新发起。";
    DemandTooLong "demand_too_long" "The demand is valid for longer than this terminal answers.",
        "The request is valid for too long. Ask for a shorter one.", "请求有效期过长，请对方重新发起。";
    TransactionUnknown "transaction_unknown" "The demand's transaction is of a type that isn't understood.",
        "The request is about something that this program doesn't know. Update the program.", "请求的业务类型未知，请升级程序。";
    RecordMalformed "record_malformed" "The record can't be read, or contradicts itself.",
        "The record is damaged.", "记录已损坏。";
    AlreadySuperseded "already_superseded" "Another answer has superseded the same record.",
        "This registration was renewed before: look the number up again.", "该登记此前已被更新，请重新查询该号码。";
    DemandErased "demand_erased" "The record's demand was erased: what was demanded is the keeper's word. A remark, not a refusal.",
        "What was asked for was erased from this record; the rest was checked.", "记录中的请求原文已删除，其余内容已核查。";
    // Second confirmation: the reply.
    ConfirmationNotAsked "confirmation_not_asked" "No question was asked for that number and service on that natural day.",
        "The customer wasn't asked today. Ask first.", "今天尚未向客户发送确认，请先发送。";
    ConfirmationLate "confirmation_late" "The reply came after the question's time or after its natural day.",
        "The reply came too late. Nothing is charged.", "回复已超时，业务未办理，不收费。";
    ConfirmationWrongReply "confirmation_wrong_reply" "The reply isn't the one that was asked for.",
        "The reply is wrong. Read the message again.", "回复内容不正确，请核对短信后重新回复。";
    ConfirmationWrongService "confirmation_wrong_service" "The reply confirms another service.",
        "The reply belongs to another service. Answer the right message.", "回复的是其他业务，请回复对应的短信。";
    ConfirmationWrongForm "confirmation_wrong_form" "The reply came in another form, or after another version of the voice prompt.",
        "The reply came another way than asked. Confirm as the message says.", "确认方式不符，请按提示方式确认。";
    ConfirmationTooManyReplies "confirmation_too_many_replies" "Too many wrong replies to one question.",
        "Too many wrong replies. Come again tomorrow, or go to a counter.", "错误回复次数过多，请明日再试或到营业厅办理。";
    ConfirmationDeclined "confirmation_declined" "The customer said no.",
        "The customer declined. Nothing is charged.", "客户已拒绝，业务未办理，不收费。";
    // Second confirmation: the grant.
    GrantOtherNumber "grant_other_number" "The grant is for another number.",
        "The confirmation is for another number.", "确认对应的是其他号码。";
    GrantOtherService "grant_other_service" "The grant is for another service.",
        "The confirmation is for another service.", "确认对应的是其他业务。";
    GrantOtherPrice "grant_other_price" "The grant is for another price.",
        "The customer confirmed another price. Ask again with the right one tomorrow.", "客户确认的价格与实际不符，请勿收费。";
    GrantOtherDay "grant_other_day" "The grant isn't of the natural day (UTC+8) on which it is used.",
        "The confirmation is of another day. Ask the customer again.", "确认不是当天的，请重新向客户确认。";
    GrantUsed "grant_used" "The grant was used for another order.",
        "The confirmation was used already. Don't charge.", "该确认已被使用，请勿重复收费。";
    GrantBeforeRestore "grant_before_restore" "The grant is older than the restore of the store that knows its uses.",
        "It can't be known any more whether the confirmation was used. Don't charge; ask the customer again.",
        "存储恢复后无法确认该确认是否已被使用，请勿收费并重新向客户确认。";
    // Cancellation away from home.
    CancellationOpen "cancellation_open" "Another cancellation, replacement or transfer of the number is open.",
        "Something else is under way with this number. Wait until it ends.", "该号码另有业务正在办理，请稍后再试。";
    CancellationDone "cancellation_done" "The number's subscription ended before: cancelled, or given to somebody else.",
        "The number has been cancelled or transferred already.", "该号码已销户或已过户。";
    CancellationOver "cancellation_over" "The cancellation's time is over.",
        "The cancellation took too long. Start again.", "销户办理超时，请重新申请。";
    StepDone "step_done" "The step was taken before, with something else.",
        "This step was done already.", "该步骤已办理。";
    SnapshotStale "snapshot_stale" "What the home side knows of the number changed since its snapshot.",
        "The number's account changed. Start again.", "号码账户信息已变化，请重新申请。";
    NoticeMissing "notice_missing" "A notice wasn't acknowledged, or a text of another version was.",
        "Read every notice to the customer and have each acknowledged.", "请向客户告知全部事项并逐项确认。";
    ContractInForce "contract_in_force" "A contract plan is still in force.",
        "The contract must be ended first.", "合约未到期，请先办理解约。";
    ArrearsOpen "arrears_open" "Bills or arrears are still open.",
        "What is owed must be paid first.", "尚有欠费或未出账费用，请先结清。";
    StatementOtherNumber "statement_other_number" "The receipt is for another number.",
        "The receipt belongs to another number.", "凭证对应的是其他号码。";
    ConfirmationMissing "confirmation_missing" "The number still receives messages, and no second confirmation was given on it.",
        "The number still receives messages: confirm on it.", "该号码仍可接收短信，请用该号码确认。";
    // A new card or a new holder for a number.
    ActOpen "act_open" "Another cancellation, replacement or transfer of the number is open.",
        "Something else is under way with this number. Wait until it ends.", "该号码另有业务正在办理，请稍后再试。";
    ActOver "act_over" "The time of the replacement or transfer is over.",
        "It took too long. Start again.", "业务办理超时，请重新申请。";
    ActMismatch "act_mismatch" "The presentation answers no demand of this replacement or transfer.",
        "This was made for something else. Check the person for this act.", "凭证对应的是其他业务，请为本次业务重新核验。";
    CardUsed "card_used" "The new card belongs to another replacement.",
        "This card was given out before. Take another one.", "该卡已被使用，请更换新卡。";
    SamePerson "same_person" "Giver and taker are one person.",
        "The number already belongs to this person.", "过户双方为同一人，不予办理。";
    TakerBarred "taker_barred" "The home side gives this person no number.",
        "This person can't be given a number. Show the way to the home province's office.", "受让人暂不能办理入网，请告知向归属地营业厅咨询。";
    TakerAtLimit "taker_at_limit" "This person has as many numbers as one document may have.",
        "This person has too many numbers. One must be given up first.", "受让人名下号码数已达上限，请先办理销户。";
    NumberSilent "number_silent" "The policy asks for the number's own confirmation, and it receives nothing.",
        "The number must confirm and can't. Replace its card first.", "须由该号码确认，但该号码无法接收短信，请先补换卡。";
    // The online sale and its hand-over.
    OrderMismatch "order_mismatch" "The answer is about another order.",
        "This belongs to another order. Take the parcel and the answer of this one.", "凭证对应的是其他订单，请核对订单与包裹。";
    DoorBeforeSale "door_before_sale" "The person was checked at the door before the online check.",
        "The check at the door is older than the sale. Check the person again now.", "交付核验早于线上核验，请重新当面核验。";
    OrderActivated "order_activated" "The order was activated before, on another answer from the door.",
        "This order has been handed over already.", "该订单已交付并激活。";
    OrderOver "order_over" "The order's time is over.",
        "The order took too long. Sell it anew.", "订单已超时，请重新下单。";
}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_snake_case_and_told_in_both_languages() {
        let codes: BTreeSet<_> = ReasonCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), ReasonCode::ALL.len());
        for code in ReasonCode::ALL {
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!(code.text(Lang::En).ends_with('.') && code.text(Lang::En).is_ascii());
            assert!(code.text(Lang::Zh).ends_with('。') && code.meaning().ends_with('.'));
        }
    }
}
