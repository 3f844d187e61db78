// The words, by language: what `Intl` does not know. Labels with `{time}` and the like are sentences around what it does know.
// Where a label has forms by number, they are those of `Intl.PluralRules`. A `null` is for the language's own way.

/** Every label, in the language of those that are not here. */
const en = {
  online: "online", offline: "offline", uncertain: "offline or hidden",
  lastSeen: "last seen {time}", wasOnline: "was online {time}", justNow: "just now", dayTime: "{day} at {time}", onDate: "on {date}",
  unknown: "no news yet", unwatched: "not followed", waiting: "checking…", silent: "no answer yet",
  lapsed: "connection lost", outdated: "updating…", hidden: "presence hidden", hiddenByUs: "hidden, as yours is", refused: "not available",
  somebodyOnline: "somebody is online", typing: "typing…", recording: "recording…",
  typingNames: { one: "{names} is typing…", other: "{names} are typing…" },
  recordingNames: { one: "{names} is recording…", other: "{names} are recording…" },
  others: { one: "{count} other", other: "{count} others" }, people: "{count} people",
  somebody: "somebody", contact: "Unknown contact", group: "Group", says: "{name}: {status}",
};

const de = {
  online: "online", offline: "offline", uncertain: "offline oder verborgen",
  lastSeen: "zuletzt {time} online", wasOnline: "war {time} online", justNow: "gerade eben", dayTime: "{day} um {time}", onDate: "am {date}",
  unknown: "noch nichts bekannt", unwatched: "nicht beobachtet", waiting: "wird geprüft…", silent: "noch keine Antwort",
  lapsed: "Verbindung verloren", outdated: "wird aktualisiert…", hidden: "Status verborgen", hiddenByUs: "verborgen, wie Ihrer auch",
  refused: "nicht verfügbar", somebodyOnline: "jemand ist online", typing: "schreibt…", recording: "nimmt auf…",
  typingNames: { one: "{names} schreibt…", other: "{names} schreiben…" },
  recordingNames: { one: "{names} nimmt auf…", other: "{names} nehmen auf…" },
  others: { one: "{count} weitere Person", other: "{count} weitere" }, people: "{count} Personen",
  somebody: "jemand", contact: "Unbekannter Kontakt", group: "Gruppe", says: "{name}: {status}",
};

const es = {
  online: "en línea", offline: "sin conexión", uncertain: "sin conexión u oculto",
  lastSeen: "última vez {time}", wasOnline: "estuvo en línea {time}", justNow: "ahora mismo", dayTime: null, onDate: "el {date}",
  unknown: "sin noticias todavía", unwatched: "sin seguimiento", waiting: "comprobando…", silent: "sin respuesta todavía",
  lapsed: "conexión perdida", outdated: "actualizando…", hidden: "presencia oculta", hiddenByUs: "oculta, como la suya",
  refused: "no disponible", somebodyOnline: "hay alguien en línea", typing: "escribiendo…", recording: "grabando audio…",
  typingNames: { one: "{names} está escribiendo…", other: "{names} están escribiendo…" },
  recordingNames: { one: "{names} está grabando audio…", other: "{names} están grabando audio…" },
  others: "{count} más", people: "{count} personas",
  somebody: "alguien", contact: "Contacto desconocido", group: "Grupo", says: "{name}: {status}",
};

const fr = {
  online: "en ligne", offline: "hors ligne", uncertain: "hors ligne ou masqué",
  lastSeen: "dernière connexion {time}", wasOnline: "était en ligne {time}", justNow: "à l’instant", dayTime: "{day} à {time}", onDate: "le {date}",
  unknown: "pas encore de nouvelles", unwatched: "non suivi", waiting: "vérification…", silent: "pas encore de réponse",
  lapsed: "connexion perdue", outdated: "actualisation…", hidden: "présence masquée", hiddenByUs: "masquée, comme la vôtre",
  refused: "non disponible", somebodyOnline: "quelqu’un est en ligne", typing: "écrit…", recording: "enregistre…",
  typingNames: { one: "{names} écrit…", other: "{names} écrivent…" },
  recordingNames: { one: "{names} enregistre…", other: "{names} enregistrent…" },
  others: { one: "{count} autre", other: "{count} autres" }, people: "{count} personnes",
  somebody: "quelqu’un", contact: "Contact inconnu", group: "Groupe", says: "{name} : {status}",
};

const it = {
  online: "online", offline: "offline", uncertain: "offline o nascosto",
  lastSeen: "ultimo accesso {time}", wasOnline: "era online {time}", justNow: "proprio ora", dayTime: null, onDate: null,
  unknown: "ancora nessuna notizia", unwatched: "non seguito", waiting: "verifica in corso…", silent: "ancora nessuna risposta",
  lapsed: "connessione persa", outdated: "aggiornamento…", hidden: "presenza nascosta", hiddenByUs: "nascosta, come la propria",
  refused: "non disponibile", somebodyOnline: "qualcuno è online", typing: "sta scrivendo…", recording: "sta registrando…",
  typingNames: { one: "{names} sta scrivendo…", other: "{names} stanno scrivendo…" },
  recordingNames: { one: "{names} sta registrando…", other: "{names} stanno registrando…" },
  others: { one: "un’altra persona", other: "altre {count} persone" }, people: "{count} persone",
  somebody: "qualcuno", contact: "Contatto sconosciuto", group: "Gruppo", says: "{name}: {status}",
};

const nl = {
  online: "online", offline: "offline", uncertain: "offline of verborgen",
  lastSeen: "laatst gezien {time}", wasOnline: "was {time} online", justNow: "zojuist", dayTime: "{day} om {time}", onDate: "op {date}",
  unknown: "nog geen nieuws", unwatched: "niet gevolgd", waiting: "wordt nagegaan…", silent: "nog geen antwoord",
  lapsed: "verbinding verbroken", outdated: "wordt bijgewerkt…", hidden: "aanwezigheid verborgen", hiddenByUs: "verborgen, net als die van u",
  refused: "niet beschikbaar", somebodyOnline: "iemand is online", typing: "typt…", recording: "neemt op…",
  typingNames: { one: "{names} typt…", other: "{names} typen…" },
  recordingNames: { one: "{names} neemt op…", other: "{names} nemen op…" },
  others: { one: "{count} ander", other: "{count} anderen" }, people: "{count} mensen",
  somebody: "iemand", contact: "Onbekend contact", group: "Groep", says: "{name}: {status}",
};

const pt = {
  online: "online", offline: "offline", uncertain: "offline ou oculto",
  lastSeen: "visto por último {time}", wasOnline: "estava online {time}", justNow: "agora mesmo", dayTime: null, onDate: "em {date}",
  unknown: "ainda sem notícias", unwatched: "não acompanhado", waiting: "verificando…", silent: "ainda sem resposta",
  lapsed: "conexão perdida", outdated: "atualizando…", hidden: "presença oculta", hiddenByUs: "oculta, como a sua",
  refused: "indisponível", somebodyOnline: "alguém está online", typing: "digitando…", recording: "gravando áudio…",
  typingNames: { one: "{names} está digitando…", other: "{names} estão digitando…" },
  recordingNames: { one: "{names} está gravando áudio…", other: "{names} estão gravando áudio…" },
  others: "mais {count}", people: "{count} pessoas",
  somebody: "alguém", contact: "Contato desconhecido", group: "Grupo", says: "{name}: {status}",
};

const tr = {
  online: "çevrimiçi", offline: "çevrimdışı", uncertain: "çevrimdışı veya gizli",
  lastSeen: "son görülme {time}", wasOnline: "{time} çevrimiçiydi", justNow: "az önce", dayTime: null, onDate: null,
  unknown: "henüz haber yok", unwatched: "izlenmiyor", waiting: "kontrol ediliyor…", silent: "henüz yanıt yok",
  lapsed: "bağlantı kesildi", outdated: "güncelleniyor…", hidden: "durum gizli", hiddenByUs: "sizinki gibi gizli",
  refused: "kullanılamıyor", somebodyOnline: "biri çevrimiçi", typing: "yazıyor…", recording: "ses kaydediyor…",
  typingNames: "{names} yazıyor…", recordingNames: "{names} ses kaydediyor…",
  others: "{count} kişi daha", people: "{count} kişi",
  somebody: "biri", contact: "Bilinmeyen kişi", group: "Grup", says: "{name}: {status}",
};

const id = {
  online: "online", offline: "offline", uncertain: "offline atau disembunyikan",
  lastSeen: "terakhir dilihat {time}", wasOnline: "sempat online {time}", justNow: "baru saja", dayTime: null, onDate: "pada {date}",
  unknown: "belum ada kabar", unwatched: "tidak dipantau", waiting: "memeriksa…", silent: "belum ada jawaban",
  lapsed: "koneksi terputus", outdated: "memperbarui…", hidden: "status disembunyikan", hiddenByUs: "disembunyikan, seperti status Anda",
  refused: "tidak tersedia", somebodyOnline: "ada yang online", typing: "sedang mengetik…", recording: "sedang merekam…",
  typingNames: "{names} sedang mengetik…", recordingNames: "{names} sedang merekam…",
  others: "{count} lainnya", people: "{count} orang",
  somebody: "seseorang", contact: "Kontak tidak dikenal", group: "Grup", says: "{name}: {status}",
};

const ru = {
  online: "в сети", offline: "не в сети", uncertain: "не в сети или скрыто",
  lastSeen: "последний визит: {time}", wasOnline: "в сети: {time}", justNow: "только что", dayTime: "{day} в {time}", onDate: null,
  unknown: "пока нет данных", unwatched: "не отслеживается", waiting: "проверяем…", silent: "ответа пока нет",
  lapsed: "связь потеряна", outdated: "обновляется…", hidden: "статус скрыт", hiddenByUs: "скрыт, как и ваш",
  refused: "недоступно", somebodyOnline: "кто-то в сети", typing: "печатает…", recording: "записывает аудио…",
  typingNames: { one: "{names} печатает…", other: "{names} печатают…" },
  recordingNames: { one: "{names} записывает аудио…", other: "{names} записывают аудио…" },
  others: "ещё {count}", people: { few: "{count} человека", other: "{count} человек" },
  somebody: "кто-то", contact: "Неизвестный контакт", group: "Группа", says: "{name}: {status}",
};

const ar = {
  online: "متصل الآن", offline: "غير متصل", uncertain: "غير متصل أو مخفي",
  lastSeen: "آخر ظهور {time}", wasOnline: "كان متصلًا {time}", justNow: "الآن", dayTime: null, onDate: "في {date}",
  unknown: "لا جديد بعد", unwatched: "غير متابَع", waiting: "جارٍ التحقق…", silent: "لا رد بعد",
  lapsed: "انقطع الاتصال", outdated: "جارٍ التحديث…", hidden: "الحالة مخفية", hiddenByUs: "مخفية مثل حالتك",
  refused: "غير متاح", somebodyOnline: "أحدهم متصل الآن", typing: "يكتب…", recording: "يسجّل صوتًا…",
  typingNames: { one: "{names} يكتب…", two: "{names} يكتبان…", other: "{names} يكتبون…" },
  recordingNames: { one: "{names} يسجّل صوتًا…", two: "{names} يسجّلان صوتًا…", other: "{names} يسجّلون صوتًا…" },
  others: { one: "شخص آخر", two: "شخصان آخران", other: "{count} آخرون" },
  people: { two: "شخصان", few: "{count} أشخاص", other: "{count} شخصًا" },
  somebody: "أحدهم", contact: "جهة اتصال مجهولة", group: "مجموعة", says: "{name}: {status}",
};

const hi = {
  online: "ऑनलाइन", offline: "ऑफ़लाइन", uncertain: "ऑफ़लाइन या छिपा हुआ",
  lastSeen: "आख़िरी बार देखा गया: {time}", wasOnline: "{time} ऑनलाइन थे", justNow: "अभी-अभी", dayTime: null, onDate: "{date} को",
  unknown: "अभी कोई ख़बर नहीं", unwatched: "नज़र नहीं रखी जा रही", waiting: "जाँच हो रही है…", silent: "अभी कोई जवाब नहीं",
  lapsed: "कनेक्शन टूट गया", outdated: "अपडेट हो रहा है…", hidden: "स्थिति छिपी है", hiddenByUs: "आपकी तरह छिपी है",
  refused: "उपलब्ध नहीं", somebodyOnline: "कोई ऑनलाइन है", typing: "टाइप कर रहे हैं…", recording: "रिकॉर्ड कर रहे हैं…",
  typingNames: "{names} टाइप कर रहे हैं…", recordingNames: "{names} रिकॉर्ड कर रहे हैं…",
  others: "{count} अन्य", people: "{count} लोग",
  somebody: "कोई", contact: "अज्ञात संपर्क", group: "ग्रुप", says: "{name}: {status}",
};

const ja = {
  online: "オンライン", offline: "オフライン", uncertain: "オフラインまたは非表示",
  lastSeen: "最終接続 {time}", wasOnline: "{time}にオンライン", justNow: "たった今", dayTime: "{day} {time}", onDate: null,
  unknown: "まだ情報なし", unwatched: "未フォロー", waiting: "確認中…", silent: "まだ応答なし",
  lapsed: "接続が切れました", outdated: "更新中…", hidden: "ステータス非表示", hiddenByUs: "自分と同じく非表示",
  refused: "利用できません", somebodyOnline: "誰かがオンライン", typing: "入力中…", recording: "録音中…",
  typingNames: "{names}が入力中…", recordingNames: "{names}が録音中…",
  others: "他{count}人", people: "{count}人",
  somebody: "誰か", contact: "不明な連絡先", group: "グループ", says: "{name}: {status}",
};

const zh = {
  online: "在线", offline: "离线", uncertain: "离线或已隐藏",
  lastSeen: "上次在线 {time}", wasOnline: "{time}在线", justNow: "刚刚", dayTime: null, onDate: null,
  unknown: "暂无消息", unwatched: "未关注", waiting: "正在查询…", silent: "尚无回应",
  lapsed: "连接已断开", outdated: "正在更新…", hidden: "状态已隐藏", hiddenByUs: "与您一样已隐藏",
  refused: "不可用", somebodyOnline: "有人在线", typing: "正在输入…", recording: "正在录音…",
  typingNames: "{names}正在输入…", recordingNames: "{names}正在录音…",
  others: "其他{count}人", people: "{count}人",
  somebody: "有人", contact: "未知联系人", group: "群组", says: "{name}：{status}",
};

const zhHant = {
  online: "線上", offline: "離線", uncertain: "離線或已隱藏",
  lastSeen: "上次上線 {time}", wasOnline: "{time}在線上", justNow: "剛剛", dayTime: null, onDate: null,
  unknown: "尚無消息", unwatched: "未追蹤", waiting: "查詢中…", silent: "尚無回應",
  lapsed: "連線中斷", outdated: "更新中…", hidden: "狀態已隱藏", hiddenByUs: "與您一樣已隱藏",
  refused: "無法使用", somebodyOnline: "有人在線上", typing: "正在輸入…", recording: "正在錄音…",
  typingNames: "{names}正在輸入…", recordingNames: "{names}正在錄音…",
  others: "其他 {count} 人", people: "{count} 人",
  somebody: "有人", contact: "未知的聯絡人", group: "群組", says: "{name}：{status}",
};

/** By what `Intl.Locale` calls them: `de-AT` and `de` are one, and Chinese is two by its script. */
export const languages = new Map(Object.entries({ en, de, es, fr, it, nl, pt, tr, id, ru, ar, hi, ja, zh, "zh-Hant": zhHant }));
