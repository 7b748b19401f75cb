/** Slack's names of the emoji that are used most. An emoji that is missing here is shown as its name. */

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", tada: "🎉", eyes: "👀", heart: "❤️", fire: "🔥",
  rocket: "🚀", pray: "🙏", clap: "👏", wave: "👋", raised_hands: "🙌", muscle: "💪", ok_hand: "👌",
  point_up: "☝️", point_right: "👉", point_down: "👇", point_left: "👈", handshake: "🤝", writing_hand: "✍️",
  brain: "🧠", robot_face: "🤖", smile: "😄", smiley: "😃", grin: "😁", joy: "😂", laughing: "😆",
  slightly_smiling_face: "🙂", blush: "😊", wink: "😉", thinking_face: "🤔", sunglasses: "😎", heart_eyes: "😍",
  sob: "😭", cry: "😢", sweat_smile: "😅", scream: "😱", neutral_face: "😐", disappointed: "😞",
  upside_down_face: "🙃", face_with_rolling_eyes: "🙄", sleeping: "😴", partying_face: "🥳",
  exploding_head: "🤯", nerd_face: "🤓", shrug: "🤷", facepalm: "🤦", skull: "💀", ghost: "👻",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌",
  heavy_multiplication_x: "✖️", warning: "⚠️", rotating_light: "🚨", no_entry: "⛔", no_entry_sign: "🚫",
  octagonal_sign: "🛑", exclamation: "❗", question: "❓", bangbang: "‼️", information_source: "ℹ️", bulb: "💡",
  bell: "🔔", mega: "📣", loudspeaker: "📢", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️",
  alarm_clock: "⏰", watch: "⌚", calendar: "📅", date: "📅", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️",
  arrow_down: "⬇️", arrows_counterclockwise: "🔄", repeat: "🔁", white_circle: "⚪", black_circle: "⚫",
  red_circle: "🔴", large_blue_circle: "🔵", large_green_circle: "🟢", large_yellow_circle: "🟡",
  large_orange_circle: "🟠", small_blue_diamond: "🔹", small_orange_diamond: "🔸", star: "⭐", star2: "🌟",
  sparkles: "✨", zap: "⚡", boom: "💥", dizzy: "💫", 100: "💯", trophy: "🏆", medal: "🏅", dart: "🎯",
  sunny: "☀️", sun_behind_cloud: "⛅", cloud: "☁️", rain_cloud: "🌧️", snowflake: "❄️", umbrella: "☔",
  ocean: "🌊", tornado: "🌪️", fog: "🌫️", rainbow: "🌈", thunder_cloud_and_rain: "⛈️", cyclone: "🌀",
  thermometer: "🌡️", earth_africa: "🌍", earth_americas: "🌎", earth_asia: "🌏", world_map: "🗺️",
  round_pushpin: "📍", pushpin: "📌", house: "🏠", office: "🏢", hospital: "🏥", school: "🏫", airplane: "✈️",
  car: "🚗", bus: "🚌", train: "🚆", bike: "🚲", ship: "🚢", coffee: "☕", beer: "🍺", pizza: "🍕", cake: "🍰",
  apple: "🍎", cookie: "🍪", avocado: "🥑", dog: "🐶", cat: "🐱", bird: "🐦", penguin: "🐧", turtle: "🐢",
  bee: "🐝", bug: "🐛", snake: "🐍", unicorn_face: "🦄", seedling: "🌱", evergreen_tree: "🌲",
  deciduous_tree: "🌳", leaves: "🍃", maple_leaf: "🍁", rose: "🌹", sunflower: "🌻", computer: "💻",
  desktop_computer: "🖥️", keyboard: "⌨️", phone: "☎️", iphone: "📱", email: "📧", envelope: "✉️",
  inbox_tray: "📥", outbox_tray: "📤", package: "📦", memo: "📝", pencil2: "✏️", clipboard: "📋",
  page_facing_up: "📄", file_folder: "📁", open_file_folder: "📂", bar_chart: "📊",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", mag: "🔍", link: "🔗", paperclip: "📎",
  scissors: "✂️", lock: "🔒", unlock: "🔓", key: "🔑", hammer: "🔨", wrench: "🔧", hammer_and_wrench: "🛠️",
  gear: "⚙️", toolbox: "🧰", microscope: "🔬", test_tube: "🧪", satellite: "📡", battery: "🔋",
  electric_plug: "🔌", money_with_wings: "💸", moneybag: "💰", credit_card: "💳", gift: "🎁", balloon: "🎈",
  art: "🎨", musical_note: "🎵", camera: "📷", movie_camera: "🎥", speech_balloon: "💬", thought_balloon: "💭",
  speaking_head_in_silhouette: "🗣️", bust_in_silhouette: "👤", busts_in_silhouette: "👥", construction: "🚧",
  checkered_flag: "🏁", triangular_flag_on_post: "🚩", recycle: "♻️", one: "1️⃣", two: "2️⃣", three: "3️⃣",
  four: "4️⃣", five: "5️⃣", six: "6️⃣", seven: "7️⃣", eight: "8️⃣", nine: "9️⃣",
};

/** The most frequent reactions. */
export const QUICK = ["+1", "white_check_mark", "eyes", "tada", "heart", "thinking_face", "joy", "rocket"];

/** The character of an emoji, or "" for an unknown name. A skin tone after the name is ignored. */
export function character(name) {
  const plain = name.replace(/::skin-tone-\d$/, "").replace(/:skin-tone-\d$/, "");
  return Object.hasOwn(NAMES, plain) ? NAMES[plain] : "";
}

export function names() {
  return Object.keys(NAMES);
}
