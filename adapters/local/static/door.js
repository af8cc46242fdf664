// Asks the bot. A bot that was started anew gives this window a new token with its page.

export async function ask(path, options = {}) {
  const answer = await fetch(path, options);
  if (answer.status !== 403) return answer;
  await fetch("/");
  return fetch(path, options);
}
