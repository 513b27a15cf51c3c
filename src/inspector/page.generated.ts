export const PAGE_HTML = "<!doctype html>";
export const PAGE_SCRIPT = "";
export const PAGE_STYLE = "";
