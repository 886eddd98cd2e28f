//! What is wrong with a photo, and what the buyer does next.

use serde::{Serialize, Serializer};

use super::Advice;
use super::measure::Measure;

/// Declares the faults once: variant, stable code, and what the buyer does next.
macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident, $code:literal, $en:literal, $zh:literal;)*) => {
        /// What is wrong with a photo of an online sale, or with the three together. Stable codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum PhotoFault {
            $($(#[$doc])* $variant,)*
        }

        impl PhotoFault {
            /// All of them.
            pub const ALL: &'static [PhotoFault] = &[$(PhotoFault::$variant,)*];

            /// The stable code used in JSON.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What the buyer does next, in both languages.
            pub const fn text(self) -> Advice {
                match self { $(Self::$variant => Advice { en: $en, zh: $zh },)* }
            }
        }
    };
}

faults! {
    /// Left and right are exchanged.
    Mirrored, "photo_mirrored",
        "The photo is mirrored, as front cameras save it. Switch mirroring off or use the back camera, and take it again.",
        "照片左右颠倒（前置摄像头镜像），请关闭镜像或改用后置摄像头重新拍摄。";
    /// Two photos belong into each other's slots.
    Swapped, "photos_swapped",
        "You swapped two photos. Put each into the other's place.",
        "两张照片位置放反了，请互换后重新提交。";
    /// A photo shows something else than its slot asks for.
    Misplaced, "photo_misplaced",
        "This photo shows something else. Take the one that is asked for.",
        "照片内容与要求不符，请按提示拍摄对应照片。";
    /// What a photo shows can't be told.
    Unclear, "photo_unclear",
        "It can't be told what this photo shows. Lay the card on a plain, dark ground and take it again.",
        "无法识别照片内容，请将证件平放在深色纯色背景上重新拍摄。";
    /// One file, or one picture, in two places.
    Reused, "photo_reused",
        "The same photo was sent twice. Take each photo anew.",
        "同一张照片被重复使用，请分别重新拍摄。";
    /// No card.
    NoCard, "photo_no_card",
        "No card was found. Lay the whole card on a plain, dark ground and take the photo again.",
        "未检测到证件，请将完整证件置于深色纯色背景上重新拍摄。";
    /// The card is too far away.
    CardTooSmall, "photo_card_too_small",
        "The card is too small in the photo. Come closer, until it fills most of the frame.",
        "证件在画面中过小，请靠近拍摄，使证件占满画面大部分。";
    /// Part of the card is outside.
    CardCutOff, "photo_card_cut_off",
        "Part of the card is outside the photo. Take it again with all four corners inside.",
        "证件未拍全，请确保四角完整入镜后重新拍摄。";
    /// The outline hasn't the shape of a card.
    CardShape, "photo_card_shape",
        "What was found hasn't the shape of a card. Take the card out of its cover and photograph it flat.",
        "检测到的轮廓与证件不符，请取下卡套，平放证件重新拍摄。";
    /// The camera looked from the side.
    CardTilted, "photo_card_tilted",
        "The card was photographed from the side. Hold the camera straight above it.",
        "拍摄角度过斜，请将镜头正对证件拍摄。";
    /// Blurred.
    Blurred, "photo_blurred",
        "The photo is blurred. Hold still, let the camera focus, and take it again.",
        "照片模糊，请保持稳定、对焦清晰后重新拍摄。";
    /// Too dark, too bright, or too flat.
    BadLight, "photo_bad_light",
        "The light is bad. Take the photo again in even, bright light.",
        "光线不佳，请在明亮均匀的光线下重新拍摄。";
    /// Light is mirrored on the card.
    Glare, "photo_glare",
        "Light is mirrored on the card. Turn away from the lamp, switch the flash off, and take it again.",
        "证件表面反光，请避开光源、关闭闪光灯后重新拍摄。";
    /// Too much noise.
    Noisy, "photo_noisy",
        "The photo is grainy. Take it again in brighter light.",
        "照片噪点过多，请在更明亮的环境下重新拍摄。";
    /// The printed number isn't seen whole.
    NumberCovered, "photo_number_covered",
        "The number on the card is covered or hidden by light. Take the card out of its cover, keep fingers off the number, and take the photo again.",
        "证件号码被遮挡或反光，请取下卡套，手指勿遮挡号码后重新拍摄。";
    /// The number on the card isn't the declared one.
    NumberDiffers, "photo_number_differs",
        "The number on the card isn't the one that was typed. Correct what was typed, or take the photo of the card that it belongs to.",
        "证件上的号码与填写的号码不一致，请更正填写内容，或拍摄对应的证件。";
    /// The number on the card can't be read.
    NumberUnreadable, "photo_number_unreadable",
        "The number on the card can't be read. Hold the camera straight above the card, come closer, and take the photo again in even light.",
        "证件号码无法识别，请将镜头正对证件、靠近并在均匀光线下重新拍摄。";
    /// The dates on the emblem side aren't the declared ones.
    ValidityDiffers, "photo_validity_differs",
        "The dates of validity on the card aren't those that were typed. Correct them from the emblem side.",
        "证件上的有效期限与填写的不一致，请对照国徽面更正。";
    /// The dates on the emblem side can't be read.
    ValidityUnreadable, "photo_validity_unreadable",
        "The dates of validity on the card can't be read. Take the photo of the emblem side again in even light, from straight above.",
        "证件有效期限无法识别，请在均匀光线下正对国徽面重新拍摄。";
    /// The portrait isn't seen.
    PortraitCovered, "photo_portrait_covered",
        "The portrait on the card is covered. Uncover it and take the photo again.",
        "证件人像被遮挡，请露出人像后重新拍摄。";
    /// Black and white, or nearly.
    Copy, "photo_copy",
        "This looks like a photocopy. Photograph the original card in colour.",
        "疑似复印件，请拍摄证件原件的彩色照片。";
    /// The other side of the card.
    WrongSide, "photo_wrong_side",
        "This is the other side of the card. Turn it over and take the photo again.",
        "证件拍反了，请翻面后重新拍摄。";
    /// Nobody is seen.
    NoPerson, "photo_no_person",
        "Nobody is seen. Take the photo of yourself holding the card beside your face.",
        "未检测到人物，请手持证件置于面部旁边重新拍摄。";
    /// The face finder failed.
    FaceNotMeasured, "photo_face_not_measured",
        "The face in the photo couldn't be checked. Try once more; if it happens again, tell the operator.",
        "照片中的人脸暂时无法检测，请重试；如仍失败，请联系运营方。";
    /// No face.
    NoFace, "photo_no_face",
        "No face was found. Look straight into the camera, without mask or sunglasses, and take the photo again.",
        "未检测到人脸，请摘下口罩和墨镜，正对镜头重新拍摄。";
    /// More than one person.
    SeveralFaces, "photo_several_faces",
        "More than one person is in the photo. Take it again with one person alone.",
        "照片中有多人，请确保只有本人入镜后重新拍摄。";
    /// Part of the face is outside.
    FaceCutOff, "photo_face_cut_off",
        "Part of the face is outside the photo. Take it again with the whole head inside.",
        "面部未拍全，请确保整个头部入镜后重新拍摄。";
    /// The person is too far away.
    FaceTooSmall, "photo_face_too_small",
        "The face is too small in the photo. Come closer and take it again.",
        "人脸在画面中过小，请靠近镜头重新拍摄。";
    /// The face is blurred.
    FaceBlurred, "photo_face_blurred",
        "The face is blurred. Hold still, let the camera focus on the face, and take the photo again.",
        "面部模糊，请保持静止、对焦面部后重新拍摄。";
    /// The face is too dark, too bright, or too flat.
    FaceBadLight, "photo_face_bad_light",
        "The light on the face is bad. Turn towards even, bright light and take the photo again.",
        "面部光线不佳，请面向明亮均匀的光线重新拍摄。";
    /// Light is mirrored on the face or on glasses.
    FaceGlare, "photo_face_glare",
        "Light is mirrored on the face or the glasses. Turn away from the lamp, switch the flash off, and take the photo again.",
        "面部或眼镜反光，请避开光源、关闭闪光灯后重新拍摄。";
    /// Too much noise on the face.
    FaceNoisy, "photo_face_noisy",
        "The face is grainy. Take the photo again in brighter light.",
        "面部噪点过多，请在更明亮的环境下重新拍摄。";
    /// The card that is held isn't the one of the other photo.
    OtherCard, "photo_other_card",
        "The card that is held doesn't look like the one in the other photo. Hold the same card, portrait side forward.",
        "手持证件与证件照片不一致，请手持同一证件、人像面朝前重新拍摄。";
    /// The content was dropped before it was measured.
    Gone, "photo_gone",
        "The photos are no longer here. Start again from the first photo.",
        "照片已被清除，请从第一张照片重新开始。";
}

impl PhotoFault {
    /// What a figure that didn't pass means for the buyer.
    pub(super) fn of(measure: Measure) -> Self {
        match measure {
            Measure::CardOutline => Self::NoCard,
            Measure::CardShare | Measure::PixelsAcross => Self::CardTooSmall,
            Measure::CardRatio => Self::CardShape,
            Measure::CardCutOff => Self::CardCutOff,
            Measure::CardTilt => Self::CardTilted,
            Measure::EdgeWidth => Self::Blurred,
            Measure::Brightness | Measure::Contrast | Measure::Clipped => Self::BadLight,
            Measure::Glare => Self::Glare,
            Measure::Noise => Self::Noisy,
            Measure::Colour => Self::Copy,
            Measure::Side => Self::WrongSide,
            Measure::Mirrored => Self::Mirrored,
            Measure::NumberLine => Self::NumberCovered,
            Measure::CardLayout => Self::NoCard,
            Measure::PrintInk => Self::NumberCovered,
            Measure::PrintLikeness | Measure::PrintLine => Self::NumberUnreadable,
            Measure::PrintMargin => Self::NumberDiffers,
            Measure::Portrait => Self::PortraitCovered,
            Measure::Person => Self::NoPerson,
            Measure::Reuse => Self::Reused,
            Measure::HolderCard => Self::OtherCard,
            Measure::Faces => Self::NoFace,
            Measure::SecondFace => Self::SeveralFaces,
            Measure::FaceCutOff => Self::FaceCutOff,
            Measure::FacePixels => Self::FaceTooSmall,
            Measure::FaceSharpness => Self::FaceBlurred,
            Measure::FaceBrightness | Measure::FaceContrast | Measure::FaceClipped => Self::FaceBadLight,
            Measure::FaceGlare => Self::FaceGlare,
            Measure::FaceNoise => Self::FaceNoisy,
        }
    }
}

impl std::fmt::Display for PhotoFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

realname_terms::__schema! { PhotoFault, PhotoFault::ALL.iter().map(|fault| fault.code()) }

impl Serialize for PhotoFault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
