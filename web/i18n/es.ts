import type { Dictionary } from "./dictionary.ts";

/** Every word of the page, in Spanish. */
export const es: Dictionary = {
  title: "Parley, intérprete en vivo",
  skip: "Ir a los subtítulos",

  headline: (source, target) => `Habla ${source}.\nQue te oigan en ${target}.`,
  introduction:
    "Tus palabras aparecen mientras las dices, con su traducción, frase a frase; una voz la pronuncia un instante después.",
  headphones: "Usa auriculares: el micrófono no debe oír la voz.",
  privacy: (host) => `Esta página envía tu voz a ${host} y a ningún otro sitio.`,

  sourceLanguage: "Se habla",
  targetLanguage: "Se interpreta al",
  captions: "Subtítulos",
  clauses: "El discurso, frase a frase",
  notSpoken: {
    late: "sin voz: iba demasiado retrasada",
    failed: "sin interpretar: falló un motor",
    muted: "sin voz: está apagada",
    cancelled: "sin voz: se canceló",
    other: "sin voz",
  },
  earlier: (count) =>
    count === 1
      ? "Hay una frase anterior en las exportaciones."
      : `Hay ${count} frases anteriores en las exportaciones.`,
  toNow: "Seguir el discurso",

  controls: "Controles",
  speak: "Hablar",
  stop: "Parar",
  endNow: "Acabar ya",
  cancel: "Cancelar",
  microphone: "Micrófono",
  defaultMicrophone: "Micrófono",
  chooseFile: "Reproducir una grabación",
  playSample: "Reproducir el ejemplo",
  sample: "Discurso de ejemplo",
  dropHere: "Suelta la grabación para interpretarla",
  voiceOn: "Voz",

  phase: {
    idle: "Todo listo",
    permission: "Esperando el micrófono: permítelo, por favor",
    connecting: "Conectando",
    live: "En vivo",
    blocked: "En vivo; toca o pulsa una tecla para oír",
    reconnecting: "Conexión perdida, reconectando; nada de lo que digas se pierde",
    finishing: "Interpretando el resto",
    ended: "Terminado",
    failed: "Detenido",
  },

  timing: "Tiempos",
  timingSummary: (firstAudio, lag) => `primer sonido a los ${firstAudio}, retraso ${lag}`,
  timingEmpty: "cuánto tarda cada frase y cuánto se retrasa la voz",
  waterfall: "Del fin de la frase al primer sonido",
  waterfallEmpty: "Aparece una barra por cada frase.",
  lagChart: "Cuánto va la voz por detrás de quien habla",
  lagMedian: (seconds) => `la mitad de las frases en ${seconds} o menos`,
  stage: { stt: "reconocimiento", queue: "espera", mt: "traducción", tts: "voz" },
  clause: (segment) => `Frase ${segment}`,
  milliseconds: (ms) => `${ms} ms`,
  seconds: (seconds) => `${seconds} s`,
  firstSound: "primer sonido",

  engines: "Motores",
  enginesReady: "Motores listos",
  enginesWaiting: "Preguntando a los motores",
  enginesNotReady: "Un motor no está listo",
  enginesUnreachable: "El servicio no responde",
  port: { stt: "Escucha", mt: "Traduce", tts: "Habla" },
  ready: "listo",
  notReady: "no está listo",

  display: "Aspecto",
  textSize: "Tamaño del texto",
  smaller: "Texto más pequeño",
  larger: "Texto más grande",
  theme: "Colores",
  themes: { system: "Como el sistema", light: "Claros", dark: "Oscuros" },
  contrast: "Más contraste",
  interface: "Idioma de esta página",
  announce: "Lo que lee un lector de pantalla",
  announcements: { target: "la traducción", source: "lo que se dice", none: "ningún subtítulo" },

  save: "Guardar",
  saveNothing: "Aún no hay nada que guardar.",
  saveCaptions: "Subtítulos",
  saveTranscript: "Transcripción",
  saveAudio: "Voz traducida",
  asText: "Texto",
  asJson: "JSON",
  asWav: "WAV",
  saveWithin: "WAV, la primera hora",

  keyTitle: "Este servicio pide una clave",
  keyWhy:
    "Te la dio quien lo administra. Se guarda hasta que cierres esta pestaña y solo se envía a este servicio.",
  key: "Clave",
  useKey: "Usar la clave",
  remedy: { retry: "Intentarlo de nuevo", key: "Escribir la clave" },

  trouble: {
    denied: {
      title: "El micrófono no está permitido",
      advice:
        "Permítelo para esta página junto a la dirección y pulsa Hablar otra vez. Una grabación funciona sin él.",
    },
    no_microphone: {
      title: "No hay ningún micrófono",
      advice: "Conecta uno y pulsa Hablar otra vez, o reproduce una grabación.",
    },
    microphone_busy: {
      title: "No se puede abrir el micrófono",
      advice: "Quizá lo use otro programa. Ciérralo o elige otro micrófono.",
    },
    insecure: {
      title: "El navegador no da el micrófono a esta página",
      advice: "Solo lo da a páginas que llegan por https o desde esta máquina. Abre la página así.",
    },
    unsupported_browser: {
      title: "Este navegador no puede hacerlo",
      advice:
        "Le falta lo que necesita el sonido en vivo. Un Firefox, Chrome, Edge o Safari actual lo tiene.",
    },
    unreachable: {
      title: "No se puede llegar al servicio",
      advice: "Comprueba que está en marcha y que tienes conexión, y vuelve a intentarlo.",
    },
    key_needed: { title: "Hace falta una clave", advice: "Escribe la clave que te dieron." },
    key_wrong: { title: "No se conoce la clave", advice: "Revísala: cada letra cuenta." },
    origin: {
      title: "Esta dirección no puede usar el servicio",
      advice: "Abre la página del propio servicio o haz que añadan esta dirección a PARLEY_ORIGINS.",
    },
    full: { title: "Todos los puestos están ocupados", advice: "Vuelve a intentarlo en un minuto." },
    language: { title: "Estos idiomas no se ofrecen", advice: "Elige otra pareja." },
    engine: { title: "Un motor no puede trabajar", advice: "La lista de Motores dice cuál y por qué." },
    lost: {
      title: "La conexión estuvo perdida demasiado tiempo",
      advice: "Lo interpretado sigue aquí y se puede guardar. Habla otra vez para empezar de nuevo.",
    },
    bad_file: {
      title: "No se puede leer la grabación",
      advice: "El navegador no encuentra sonido en este archivo. WAV, MP3, Ogg, M4A y WebM suelen funcionar.",
    },
    long_file: {
      title: "La grabación es demasiado larga",
      advice: "Se pueden reproducir hasta 100 MB.",
    },
    no_sample: {
      title: "Aquí no hay ejemplo",
      advice: "El servicio no tiene ninguno. Habla o reproduce una grabación tuya.",
    },
    service: {
      title: "El servicio falló",
      advice:
        "Lo interpretado sigue aquí y se puede guardar. Vuelve a intentarlo; si sigue así, avisa a quien lo administra.",
    },
  },
};
