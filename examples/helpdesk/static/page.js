// Conveniences only: without this file a button changes the settings, and reloading shows news.
document.documentElement.classList.add("script");
for (const choice of document.querySelectorAll("[data-submit]")) {
  choice.addEventListener("change", () => choice.form.submit());
}
for (const form of document.querySelectorAll("main form")) {
  form.addEventListener("submit", () => setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }));
}
addEventListener("pageshow", (event) => event.persisted && location.reload());
const live = document.querySelectorAll("[data-live]");
if (live.length) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of live) {
      const opened = part.querySelector("details[open]");
      const now = fresh.getElementById(part.id);
      if (now && !opened && !part.contains(document.activeElement)) part.innerHTML = now.innerHTML;
    }
  }, 10_000);
}
