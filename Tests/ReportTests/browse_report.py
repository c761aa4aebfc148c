"""Looks at a report in a real browser: clicks each head of a sortable table and each switch, and takes pictures at phone and desktop width,
light and dark.

Usage: python3 browse_report.py REPORT.html FOLDER     needs chromium in PATH; no Python packages
Writes phone-light.png, … into FOLDER. Exits with 1 where a table is not in order after a click, a switch shows nothing or something
unlike its name, the page is wider than the window, or the script raises an error.
"""
import html
import json
import pathlib
import re
import subprocess
import sys

PROBE = """
<script>
const found={errors:[],tables:[],switches:[]};
addEventListener("error",event=>found.errors.push(event.message));
const text=cell=>cell.textContent.trim();
const number=value=>{const n=parseFloat(value.replace(/,/g,""));return isNaN(n)?null:n};
const ordered=values=>{
  const numbers=values.map(number).filter(v=>v!==null),words=values.filter(v=>number(v)===null);
  const rises=list=>list.every((v,i)=>i===0||list[i-1]<=v),falls=list=>list.every((v,i)=>i===0||list[i-1]>=v);
  return {rises:rises(numbers)&&rises(words),falls:falls(numbers)&&falls(words),differ:new Set(values).size>1};
};
addEventListener("load",()=>{
  for(const table of document.querySelectorAll("table.sortable"))for(const head of table.tHead.rows[0].cells){
    const column=()=>[...table.tBodies[0].rows].map(row=>text(row.cells[head.cellIndex]));
    const rows=table.tBodies[0].rows.length;
    head.click();const first=ordered(column()),state=head.ariaSort;
    head.click();const second=ordered(column());
    found.tables.push({head:text(head),rows,first,second,state,kept:table.tBodies[0].rows.length===rows,values:column().slice(0,3)});
  }
  for(const input of document.querySelectorAll("input[type=radio]")){
    input.click();
    const label=text(input.labels[0]),name=label.replace("by ","");
    const visible=[...document.querySelectorAll("svg")].filter(e=>e.getClientRects().length>0&&e.textContent.includes(name)).length;
    found.switches.push({label,checked:input.checked,visible});
  }
  found.width=[document.documentElement.scrollWidth,innerWidth];
  found.dark=matchMedia("(prefers-color-scheme: dark)").matches;
  found.colors=[getComputedStyle(document.body).backgroundColor,getComputedStyle(document.body).color];
  const result=document.createElement("pre");result.id="probe";result.textContent=JSON.stringify(found);document.body.append(result);
});
</script>
"""


def browse(page, width, is_dark, *more):
    scheme = 0 if is_dark else 1
    command = [
        "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},1600",
        f"--blink-settings=preferredColorScheme={scheme}", *more, page.resolve().as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120).stdout


def main():
    report, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    probed = folder / "probed.html"
    probed.write_text(report.read_text().replace("</body>", PROBE + "</body>", 1))
    failed = False
    for width, device in ((500, "phone"), (1280, "desktop")):
        for is_dark in (False, True):
            dump = browse(probed, width, is_dark, "--dump-dom")
            found = json.loads(html.unescape(re.search(r'<pre id="probe">(.*?)</pre>', dump, re.DOTALL).group(1)))
            scheme = "dark" if is_dark else "light"
            browse(report, width, is_dark, f"--screenshot={folder / f'{device}-{scheme}.png'}")
            tables, switches = found["tables"], found["switches"]
            wrong = [t for t in tables if not (t["first"]["rises"] and t["second"]["falls"] and t["kept"] and t["state"] == "ascending")]
            unseen = [s for s in switches if not s["checked"] or not s["visible"]]
            too_wide = found["width"][0] > found["width"][1]
            failed |= bool(wrong or unseen or found["errors"] or too_wide or found["dark"] != is_dark)
            print(
                f"{device} {scheme}: {len(tables)} heads sorted, {len(wrong)} wrong; {len(switches)} switches, {len(unseen)} wrong; page {found['width'][0]} of "
                f"{found['width'][1]} pixels; background {found['colors'][0]}, text {found['colors'][1]}; errors {found['errors']}")
            for table in wrong:
                print(f"  {table}")
    sys.exit(failed)


main()
