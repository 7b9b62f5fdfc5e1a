// Says a typed amount again in large units, so that a missing or doubled digit is seen at once.
const CHINESE = [[1e8, "亿元"], [1e4, "万元"], [1, "元"]];
const ENGLISH = [[1e9, "billion yuan"], [1e6, "million yuan"], [1e3, "thousand yuan"], [1, "yuan"]];

function said(text) {
  const plain = text.normalize("NFKC").replace(/[¥,，元\s]/g, "");
  if (!/^\d{1,15}(\.\d{0,2})?$/.test(plain)) return "";
  const amount = Number(plain);
  if (amount < 10000) return "";
  const [unit, name] = (document.documentElement.lang.startsWith("zh") ? CHINESE : ENGLISH).find(([size]) => amount >= size);
  return `${(amount / unit).toLocaleString("en", { maximumFractionDigits: 6 })} ${name}`;
}

export function sayAmounts() {
  document.addEventListener("input", (event) => tell(event.target));
  for (const line of document.querySelectorAll("[data-amount-of]")) tell(document.getElementById(line.dataset.amountOf));
}

function tell(field) {
  const line = field?.name && document.querySelector(`[data-amount-of="${CSS.escape(field.name)}"]`);
  if (!line) return;
  line.textContent = said(field.value);
  line.hidden = !line.textContent;
}
