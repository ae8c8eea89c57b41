// deno-lint-ignore house/imports -- a browser gets it from the service
import { interpret } from "/client.js";

const [speak, heard, translated, trouble] = document.querySelectorAll("button, p");

speak.onclick = async () => {
  try {
    const session = await interpret({ url: "/", source: "en", target: "es", microphone: true });
    speak.textContent = "End";
    speak.onclick = () => session.end();
    for await (const event of session.events) {
      if (event.type === "error") trouble.textContent = event.message;
      if (event.type !== "caption") continue;
      const line = event.lane === 0 ? heard : translated;
      line.textContent = event.stable + event.tentative;
    }
  } catch (error) {
    trouble.textContent = error.message;
  }
};
