//! What each refusal of a photo says. `docs/codes.md` lists the codes.

use realname_terms::{Advice, Codes, Entry, Explain, Fault, explain};

use crate::live::LiveError;
use crate::measure::ThresholdsError;
#[cfg(feature = "http")]
use crate::plugin::CheckerAddressError;
#[cfg(feature = "rustface")]
use crate::plugin::WrongModel;
use crate::plugin::{BadFace, FaceFinderError, PhotoDecodeError};
use crate::profile::Outcome;
use crate::{CaptureError, Damage, Defect, Examination, Foreign, PhotoFault, SessionError, WatermarkError};

const NOT_WHOLE: [&str; 2] = [
    "The photo didn't arrive whole. Send it again, or take a new one.",
    "照片文件不完整，请重新上传或重新拍摄。",
];
const TOO_LARGE: [&str; 2] = [
    "The photo is too large. Take it with the phone's normal camera setting and send it as JPEG.",
    "照片过大，请用手机普通模式拍摄，并以 JPEG 格式上传。",
];
const SPECIAL: [&str; 2] = [
    "The photo was saved in a special way. Take a new one with the phone's camera and send it unedited.",
    "照片保存方式特殊，请用手机重新拍摄，不要编辑，直接上传。",
];
const OTHER_ORDER: [&str; 2] = [
    "The photos don't belong to this order. Start again from the first photo.",
    "照片与本次订单不符，请从第一张照片重新开始。",
];

explain! {
    CaptureError {
        Self::Empty => "photo_empty", Input, NOT_WHOLE[0], NOT_WHOLE[1], "照片无法使用";
        Self::TooManyBytes { .. } => "photo_too_many_bytes", Input, TOO_LARGE[0], TOO_LARGE[1], "照片无法使用";
        Self::SideTooLong { .. } | Self::TooManyPixels { .. } => "photo_too_many_pixels", Input,
            "The photo has more pixels than are needed. Switch the camera's high-resolution mode (64, 108 or 200 megapixels) off, so that it takes 12 or 50 megapixels, and take the photo again.",
            "照片像素过高，请关闭相机的高像素模式（6400万、1.08亿或2亿像素），改用1200万或5000万像素后重新拍摄。", "照片无法使用";
        Self::TooMuchMemory { .. } => "photo_too_much_memory", Input, TOO_LARGE[0], TOO_LARGE[1], "照片无法使用";
        Self::TooMuchWork { .. } => "photo_too_much_work", Input, TOO_LARGE[0], TOO_LARGE[1], "照片无法使用";
        Self::TooManyScans { .. } => "photo_too_many_scans", Input, SPECIAL[0], SPECIAL[1], "照片无法使用";
        Self::UnsupportedFormat { found: Foreign::Heic } => "photo_heic", Input,
            "The photo is in the iPhone's HEIC format. Send JPEG: Settings, Camera, Formats, Most Compatible.",
            "照片为 HEIC 格式，请发送 JPEG：设置 › 相机 › 格式 › 兼容性最佳。", "照片无法使用";
        Self::UnsupportedFormat { .. } => "photo_format", Input,
            "This file isn't a photo that can be used. Send a JPEG taken with the phone's camera.",
            "该文件不是可用的照片，请上传手机拍摄的 JPEG 照片。", "照片无法使用";
        Self::Animated { .. } => "photo_animated", Input,
            "This is an animation. Send a still photo as JPEG.",
            "这是动图，请上传静态 JPEG 照片。", "照片无法使用";
        Self::PrintColours { .. } => "photo_print_colours", Input, SPECIAL[0], SPECIAL[1], "照片无法使用";
        Self::TooDeep { .. } => "photo_too_deep", Input, SPECIAL[0], SPECIAL[1], "照片无法使用";
        Self::UnsupportedProcess { .. } => "photo_process", Input, SPECIAL[0], SPECIAL[1], "照片无法使用";
        Self::UnsupportedSampling => "photo_sampling", Input, SPECIAL[0], SPECIAL[1], "照片无法使用";
        Self::SeparateScans { .. } => "photo_separate_scans", Input, SPECIAL[0], SPECIAL[1], "照片无法使用";
    }
    through { Self::Damaged { damage, .. } => damage; }
}

explain! {
    Damage {
        Self::Truncated => "photo_truncated", Input, NOT_WHOLE[0], NOT_WHOLE[1], "照片无法使用";
        Self::Header | Self::NoSize | Self::TwoSizes | Self::Data => "photo_damaged", Input, NOT_WHOLE[0], NOT_WHOLE[1], "照片无法使用";
    }
}

explain! {
    SessionError {
        Self::Missing { .. } => "session_photo_missing", Input,
            "A photo is missing. Take the portrait side, the emblem side, and yourself holding the card.",
            "照片不齐，请依次拍摄证件人像面、国徽面以及本人手持证件照。", "照片不能一起使用";
        Self::Full { .. } => "session_full", Input, OTHER_ORDER[0], OTHER_ORDER[1], "照片不能一起使用";
        Self::WrongSlot { .. } => "session_wrong_slot", Input, OTHER_ORDER[0], OTHER_ORDER[1], "照片不能一起使用";
        Self::WrongLink { .. } => "session_wrong_link", Input, OTHER_ORDER[0], OTHER_ORDER[1], "照片不能一起使用";
    }
}

explain! {
    WatermarkError {
        Self::Length { .. } | Self::Characters => "watermark_name", Setup,
            "Give the operator's name in 1 to 40 Latin letters.", "请以 1 至 40 个拉丁字母填写运营方名称。", "运营方名称不能用作水印";
    }
}

explain! {
    FaceFinderError {
        Self::Unavailable => "face_finder", System,
            "Try again; if it stays, tell the operator.", "请重试；如仍失败，请联系运营方。", "人脸检测程序不可用";
        Self::Start { .. } => "face_finder", System,
            "Check the face finder's path and rights.", "请检查人脸检测程序的路径和权限。", "无法启动人脸检测程序";
        Self::TimedOut { .. } | Self::Failed { .. } | Self::Output { .. } | Self::TooMany { .. } => "face_finder", System,
            "Try again; if it stays, have the face finder checked.", "请重试；如仍失败，请检查人脸检测程序。", "人脸检测程序未能检测";
    }
    through { Self::BadFace { part } => part; }
}

explain! {
    BadFace {
        Self::NotANumber | Self::Empty | Self::Outside | Self::Huge | Self::Eyes => "face_finder", System,
            "Have the face finder checked: it gave a face that can't be.", "人脸检测程序返回结果异常，请检查该程序。", "人脸检测程序返回的人脸不可能存在";
    }
}

explain! {
    PhotoDecodeError {
        Self::NotInstalled => "photo_decoder", Setup,
            "Install a decoder for the chip's photo, or go on with the register's.", "请安装芯片照片解码程序，或使用登记照片。", "未安装芯片照片解码程序";
        Self::BlockSize { .. } => "photo_decoder", Card,
            "Read the card again; if it stays so, tell the operator.", "请重新读卡；仍不行请联系运营方。", "芯片照片的长度有误";
        Self::Start(_) => "photo_decoder", System,
            "Check the photo decoder's path and rights.", "请检查照片解码程序的路径和权限。", "无法启动照片解码程序";
        Self::TimedOut { .. } | Self::Failed { .. } | Self::Output { .. } => "photo_decoder", System,
            "Try again; if it stays, have the photo decoder checked.", "请重试；如仍失败，请检查照片解码程序。", "照片解码程序未能解码";
    }
}

const LIVE_AGAIN: [&str; 2] = [
    "Start the live capture again, and follow what is asked while it is asked.",
    "请重新开始活体拍摄，并按提示及时完成动作。",
];

explain! {
    LiveError {
        Self::OtherChallenge => "live_other_challenge", Input, LIVE_AGAIN[0], LIVE_AGAIN[1], "画面属于另一次活体拍摄";
        Self::WrongOrder { .. } | Self::Complete { .. } => "live_wrong_order", Input, LIVE_AGAIN[0], LIVE_AGAIN[1], "画面顺序有误";
        Self::Double { .. } => "live_double", Input, LIVE_AGAIN[0], LIVE_AGAIN[1], "同一画面重复提交";
        Self::Still { .. } => "live_still", Input,
            "Nothing moved in front of the camera. Start again, and turn, nod or blink when asked.",
            "画面没有变化，请重新开始，并按提示转头、点头或眨眼。", "两次画面之间没有变化";
        Self::WrongTime { .. } => "live_wrong_time", Input, LIVE_AGAIN[0], LIVE_AGAIN[1], "画面拍摄或到达的时间与要求不符";
        Self::OtherCamera { .. } => "live_other_camera", Input,
            "The camera changed during the live capture. Start again with one camera.",
            "活体拍摄过程中更换了摄像头，请使用同一摄像头重新开始。", "画面来自另一个摄像头";
        Self::WrongSlot { .. } => "live_wrong_slot", Caller, LIVE_AGAIN[0], LIVE_AGAIN[1], "照片不是活体拍摄的画面";
        Self::Missing { .. } => "live_missing", Input, LIVE_AGAIN[0], LIVE_AGAIN[1], "活体拍摄的画面不全";
    }
}

#[cfg(feature = "http")]
explain! {
    CheckerAddressError {
        Self::Url | Self::Plain | Self::Roots | Self::Authorization => "liveness_checker", Setup,
            "Correct the checker's address and credentials: HTTPS, or a service on this machine.",
            "请更正检测服务的地址和凭据：须为 HTTPS，或本机上的服务。", "检测服务的地址或凭据有误";
    }
}

#[cfg(feature = "rustface")]
explain! {
    WrongModel {
        Self => "face_model", Setup,
            "Give model/seeta_fd_frontal_v1.0.bin of the package rustface 0.1.7.",
            "请使用 rustface 0.1.7 软件包中的 model/seeta_fd_frontal_v1.0.bin。", "该文件不是人脸检测程序的模型";
    }
}

explain! {
    ThresholdsError as error {
        Self::Json(_) | Self::Missing { .. } | Self::Contradiction { .. } => "thresholds", Setup,
            "Correct the file of thresholds.", "请更正阈值文件。", "阈值文件有误（{error}）";
    }
}

const fn entry_of(fault: PhotoFault) -> Entry {
    let whose = match fault {
        PhotoFault::FaceNotMeasured => Fault::System,
        PhotoFault::Gone => Fault::Caller,
        PhotoFault::Mirrored
        | PhotoFault::NumberCovered
        | PhotoFault::NumberDiffers
        | PhotoFault::NumberUnreadable
        | PhotoFault::ValidityDiffers
        | PhotoFault::ValidityUnreadable
        | PhotoFault::PortraitCovered
        | PhotoFault::Swapped
        | PhotoFault::Misplaced
        | PhotoFault::Unclear
        | PhotoFault::Reused
        | PhotoFault::NoCard
        | PhotoFault::CardTooSmall
        | PhotoFault::CardCutOff
        | PhotoFault::CardShape
        | PhotoFault::CardTilted
        | PhotoFault::Blurred
        | PhotoFault::BadLight
        | PhotoFault::Glare
        | PhotoFault::Noisy
        | PhotoFault::Copy
        | PhotoFault::WrongSide
        | PhotoFault::NoPerson
        | PhotoFault::NoFace
        | PhotoFault::SeveralFaces
        | PhotoFault::FaceCutOff
        | PhotoFault::FaceTooSmall
        | PhotoFault::FaceBlurred
        | PhotoFault::FaceBadLight
        | PhotoFault::FaceGlare
        | PhotoFault::FaceNoisy
        | PhotoFault::OtherCard => Fault::Input,
    };
    Entry { code: fault.code(), fault: whose, advice: fault.text() }
}

impl Explain for PhotoFault {
    fn entry(&self) -> Entry {
        entry_of(*self)
    }
}

impl Codes for PhotoFault {
    const NAME: &'static str = "PhotoFault";
    const ENTRIES: &'static [Entry] = &{
        let mut entries = [entry_of(PhotoFault::ALL[0]); PhotoFault::ALL.len()];
        let mut at = 0;
        while at < entries.len() {
            entries[at] = entry_of(PhotoFault::ALL[at]);
            at += 1;
        }
        entries
    };
}

impl Explain for Defect {
    fn entry(&self) -> Entry {
        self.code.entry()
    }
}

const PASSED: Entry = Entry {
    code: "photos_passed",
    fault: Fault::Nobody,
    advice: Advice { en: "Go on.", zh: "照片符合要求，请继续办理。" },
};

impl Explain for Examination {
    /// The most telling fault, or that the photos passed.
    fn entry(&self) -> Entry {
        match (self.faults.first(), self.outcome) {
            (Some(fault), _) => fault.entry(),
            (None, Outcome::Pass) => PASSED,
            (None, Outcome::Inconclusive | Outcome::NotRun | Outcome::Fail) => PhotoFault::Unclear.entry(),
        }
    }
}

impl Codes for Examination {
    const NAME: &'static str = "Examination";
    const ENTRIES: &'static [Entry] = &[PASSED];
}

impl CaptureError {
    /// The stable code used in JSON.
    pub fn code(&self) -> &'static str {
        Explain::code(self)
    }
}

impl SessionError {
    /// The stable code used in JSON.
    pub fn code(&self) -> &'static str {
        Explain::code(self)
    }
}
