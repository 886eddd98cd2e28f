// Every word of the pages, in both languages. What the service says (advice, names) comes from the service.
export const words = {
  title: { zh: "实名核验", en: "Identity check" },
  language: { zh: "English", en: "中文" },
  test: { zh: "仅供测试", en: "TEST only" },
  who: { zh: "请求方", en: "Who asks" },
  what: { zh: "业务", en: "For" },
  number: { zh: "号码", en: "Number" },
  disclosed: { zh: "将告知请求方", en: "They will be told" },
  nothing: { zh: "无", en: "nothing" },
  start_text: { zh: "此链接只能使用一次。准备好身份证后，请点击“开始”。", en: "This link works once. Have your identity card ready, then press Start." },
  start: { zh: "开始", en: "Start" },
  consent: { zh: "同意", en: "Your consent" },
  agree: { zh: "我已阅读并同意", en: "I have read this and agree" },
  go_on: { zh: "继续", en: "Continue" },
  declared: { zh: "姓名和证件号码", en: "Name and number" },
  name: { zh: "姓名（与身份证一致）", en: "Name, as on the card" },
  id_number: { zh: "证件号码", en: "Identity number" },
  portrait_side: { zh: "身份证人像面", en: "Portrait side" },
  emblem_side: { zh: "身份证国徽面", en: "Emblem side" },
  holder: { zh: "手持身份证", en: "You, holding the card" },
  portrait_side_text: { zh: "将身份证人像面放入取景框，保持四角可见、文字清晰、无反光。", en: "Fit the side with the portrait into the frame: all four corners, sharp print, no glare." },
  emblem_side_text: { zh: "将身份证国徽面放入取景框，保持四角可见、文字清晰、无反光。", en: "Fit the side with the emblem into the frame: all four corners, sharp print, no glare." },
  holder_text: { zh: "请本人手持身份证人像面，面部和证件均需清晰可见。", en: "Hold the card beside your face with the portrait side to the camera; face and card must both be clear." },
  use_camera: { zh: "使用相机", en: "Use the camera" },
  use_file: { zh: "选择照片文件", en: "Choose a photo" },
  use_sample: { zh: "使用示例照片（测试）", en: "Use the sample photo (TEST)" },
  shoot: { zh: "拍摄", en: "Take the photo" },
  close_camera: { zh: "关闭相机", en: "Close the camera" },
  camera_refused: { zh: "无法使用相机，请选择照片文件，或在浏览器中允许使用相机。", en: "The camera can't be used. Choose a photo instead, or allow the camera in your browser." },
  found: { zh: "这张照片有问题", en: "Something is wrong with this photo" },
  show_drawing: { zh: "查看检测到的内容", en: "Show what was seen" },
  drawing_alt: { zh: "标注了检测结果的照片", en: "Your photo with what was seen drawn on it" },
  anyway: { zh: "仍使用此照片", en: "Use it all the same" },
  retake: { zh: "重拍", en: "Take again" },
  live: { zh: "活体拍摄", en: "You, live" },
  live_text: { zh: "面向相机，保持光线均匀。开始后请立即按屏幕上的文字做动作，约需十秒。", en: "Face the camera in even light. Once you begin, do at once what the words on the screen say; it takes about ten seconds." },
  live_begin: { zh: "打开相机并开始", en: "Turn the camera on and begin" },
  live_skip: { zh: "跳过此步骤", en: "Go on without" },
  live_sending: { zh: "正在发送……", en: "Sending…" },
  live_refused: { zh: "无法使用相机。请在浏览器中允许使用相机后重试。", en: "The camera can't be used. Allow it in your browser and try again." },
  live_refused_skip: { zh: "无法使用相机。请在浏览器中允许使用相机后重试，或跳过此步骤；跳过后可能需要人工办理。", en: "The camera can't be used. Allow it in your browser and try again, or go on without; then a person may have to decide." },
  prompt_look_straight: { zh: "请正视相机", en: "Look straight into the camera" },
  prompt_turn_left: { zh: "请向左转头", en: "Turn your head to the left" },
  prompt_turn_right: { zh: "请向右转头", en: "Turn your head to the right" },
  prompt_nod: { zh: "请点头", en: "Nod" },
  prompt_blink: { zh: "请眨眼", en: "Blink" },
  prompt_open_mouth: { zh: "请张嘴", en: "Open your mouth" },
  finish: { zh: "提交核验", en: "Send" },
  finish_text: { zh: "将查询登记系统并作出判定，需要几秒钟。", en: "The register is asked now and the check is decided. It takes a few seconds." },
  complete: { zh: "提交", en: "Send and decide" },
  attested: { zh: "核验通过", en: "The check passed" },
  attested_text: { zh: "结果已交给请求方。您可以关闭此页面。", en: "The result is with who asked. You can close this page." },
  refused: { zh: "核验未通过", en: "The check didn't pass" },
  again: { zh: "请按以下提示重新拍摄后再次提交。", en: "Take the photos again as advised here, then send once more." },
  route: { zh: "可由人工办理：", en: "A person decides at: " },
  return: { zh: "返回商家", en: "Back to the shop" },
  working: { zh: "请稍候……", en: "One moment…" },
  looking: { zh: "正在检查照片……", en: "Looking at the photo…" },
  lost: { zh: "网络中断，正在重试……", en: "The connection was lost; trying again…" },
  lost_file: { zh: "网络中断，请重试。", en: "The connection was lost. Try again." },
  not_here: { zh: "请在最初打开链接的浏览器中继续，或向商家索取新的链接。", en: "Go on in the browser that opened the link first, or ask the shop for a new link." },
  ended: { zh: "会话已结束，其内容已全部删除。请向商家索取新的链接。", en: "This session is over and nothing of it is kept. Ask the shop for a new link." },
  demo_title: { zh: "realname 演示", en: "realname, the demonstration" },
  demo_text: { zh: "全部为虚构的人员、证件和密钥。您扮演在网上购买号码卡的买家；商家发起请求，运营方核验，商家得到签名的结果。", en: "All people, cards and keys are synthetic. You are the buyer of a phone number in an online shop: the shop asks, the operator checks, the shop gets a signed result." },
  demo_person: { zh: "买家为测试甲，证件号码 119999199001010004；每一步都有示例照片。", en: "The buyer is 测试甲, number 119999199001010004; each step has a sample photo." },
  demo_begin: { zh: "开始一次在线购卡", en: "Begin an online sale" },
  demo_go: { zh: "打开买家链接", en: "Open the buyer's link" },
  demo_shop: { zh: "商家看到的结果", en: "What the shop sees" },
  demo_waiting: { zh: "等待买家……", en: "Waiting for the buyer…" },
  demo_accepted: { zh: "接受：签名有效，且此请求只能被应答一次", en: "Accepted: the signatures hold, and the demand was answered, once" },
  demo_refused: { zh: "拒绝", en: "Refused" },
  front_text: { zh: "本服务的接口说明见 /openapi.json。", en: "What this service takes is in /openapi.json." },
};

const saved = () => { try { return localStorage.getItem("lang"); } catch { return null; } };
export let lang = saved() || (navigator.language.startsWith("zh") ? "zh" : "en");
export const chosen = () => saved() !== null;
export const word = (name) => words[name]?.[lang] ?? name;
export function speak(language) {
  lang = language === "en" ? "en" : "zh";
  document.documentElement.lang = lang;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
}
export function choose(language) {
  try { localStorage.setItem("lang", language); } catch { /* not kept, then */ }
  speak(language);
}
