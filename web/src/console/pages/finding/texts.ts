import { useTexts } from "../../i18n";
import { en } from "../../i18n/pages/finding.en";
import { ja } from "../../i18n/pages/finding.ja";

export const useFindingTexts = () => useTexts(en, ja);
