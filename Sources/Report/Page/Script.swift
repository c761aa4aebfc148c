/// The script of a report: a click on the head of a sortable table sorts it. All else works without.
enum Script {
    static let text = """
        for(const table of document.querySelectorAll("table.sortable"))for(const head of table.tHead.rows[0].cells)
        head.addEventListener("click",()=>{const falling=head.ariaSort==="ascending";
        for(const other of table.tHead.rows[0].cells)other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort",falling?"descending":"ascending");
        const key=row=>{const text=row.cells[head.cellIndex].textContent.trim();const number=parseFloat(text.replace(/,/g,""));
        return isNaN(number)?[1,text]:[0,number]};
        const body=table.tBodies[0];const rows=[...body.rows].map(row=>[key(row),row]);
        rows.sort(([a],[b])=>a[0]!==b[0]?a[0]-b[0]:(a[1]<b[1]?-1:a[1]>b[1]?1:0)*(falling?-1:1));
        body.append(...rows.map(row=>row[1]))});
        """
}
