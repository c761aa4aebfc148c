/// The style of a report, light and dark by the reader's scheme.
///
/// Colors are distinguishable with color blindness: those of Okabe and Ito ("Color universal design", 2008), darker on a
/// light ground and lighter on a dark one, so that thin lines stand out.
enum Stylesheet {
    static let text = """
        :root{color-scheme:light dark;--ground:#fff;--card:#f6f7f9;--text:#1b1f24;--muted:#59616b;--grid:#e2e5e9;
        --axis:#8b939c;--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#b8488c;--c4:#a87000;--c5:#3d9ad1;--c6:#6d57c9;
        --c7:#5f6770}
        @media(prefers-color-scheme:dark){:root{--ground:#14171b;--card:#1c2025;--text:#e7eaed;--muted:#a0a8b1;
        --grid:#2e343b;--axis:#737c86;--c0:#58b0e6;--c1:#ff8b42;--c2:#2ec99b;--c3:#e890c3;--c4:#e5b345;--c5:#9ad4f5;
        --c6:#ab9bf2;--c7:#b3bac2}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1240px;padding:20px 16px 48px;background:var(--ground);color:var(--text);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        h1{font-size:24px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
        h2{font-size:18px;margin:36px 0 10px;overflow-wrap:anywhere}
        h3{font-size:15px;margin:18px 0 6px;overflow-wrap:anywhere}
        .note,header p{color:var(--muted);font-size:13.5px;margin:6px 0 10px;overflow-wrap:anywhere}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(138px,1fr));gap:10px;margin:18px 0}
        .tiles div{background:var(--card);border-radius:8px;padding:10px 12px}
        .tiles b{display:block;font-size:20px;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
        .tiles span{color:var(--muted);font-size:12.5px}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,350px),1fr));gap:14px;margin-top:10px}
        .few{grid-template-columns:repeat(auto-fill,minmax(min(100%,350px),480px))}
        figure{margin:0;background:var(--card);border-radius:8px;padding:10px 10px 6px;min-width:0}
        figcaption{color:var(--muted);font-size:12.5px;text-align:center}
        svg{display:block;width:100%;height:auto;font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        svg text{fill:var(--text)}svg .tick{fill:var(--muted)}svg .title{font-size:12px}
        .grid{stroke:var(--grid)}.axis{stroke:var(--axis)}
        g.main,g.second,g.faint,g.minor{color:var(--c0)}
        .c0{color:var(--c0)!important}.c1{color:var(--c1)!important}.c2{color:var(--c2)!important}
        .c3{color:var(--c3)!important}.c4{color:var(--c4)!important}.c5{color:var(--c5)!important}
        .c6{color:var(--c6)!important}.c7{color:var(--c7)!important}
        .p0{fill:var(--c0);background:var(--c0)}.p1{fill:var(--c1);background:var(--c1)}
        .p2{fill:var(--c2);background:var(--c2)}.p3{fill:var(--c3);background:var(--c3)}
        .p4{fill:var(--c4);background:var(--c4)}.p5{fill:var(--c5);background:var(--c5)}
        .p6{fill:var(--c6);background:var(--c6)}.p7{fill:var(--c7);background:var(--c7)}
        polyline{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
        circle{fill:currentColor}
        .second polyline{stroke-dasharray:5 3;stroke-width:1.5}.faint polyline{stroke-width:1;opacity:.28}
        .faint circle{opacity:.28}.again polyline{stroke-dasharray:2 2}
        g.minor{color:var(--axis)!important}.minor polyline{stroke-width:1;opacity:.5}.minor circle{opacity:.5}
        .trace polyline{stroke-width:.8;opacity:.7}
        g.reference{color:var(--axis)!important}.reference polyline{stroke-width:1.2;stroke-dasharray:4 3}
        .band{fill:currentColor;stroke:currentColor;stroke-width:1.5;stroke-opacity:.12;fill-opacity:.16}
        .mark{stroke:var(--axis);stroke-dasharray:3 3}
        .confidence{fill:var(--c1)}.counts{fill:var(--axis)}
        .legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px;margin:0 2px 4px}
        .legend.runs{margin:0 0 12px}.legend span{overflow-wrap:anywhere}
        .key{display:inline-block;width:20px;border-top:3px solid currentColor;vertical-align:4px;margin-right:6px}
        .key.dash{border-top:2px dashed var(--muted)}.key.solid{border-top:2px solid var(--muted)}
        .key.area{height:10px;border:0;background:currentColor;opacity:.3;vertical-align:-1px}
        .key.right{height:10px;border:0;background:var(--c0);vertical-align:-1px}
        .key.thin{border-top-width:1px;opacity:.6}.key.dash.c1{border-top-color:currentColor}
        .key.line{border-top:2px dashed var(--axis)}.key.other{border-top:1px solid var(--axis)}.key.again{border-top-style:dotted}
        input[name=axis]{position:absolute;opacity:0}
        input[name=axis]+label{display:inline-block;padding:4px 12px;border:1px solid var(--axis);border-radius:14px;
        font-size:13px;cursor:pointer;margin-right:4px}
        input[name=axis]:checked+label{background:var(--text);color:var(--ground);border-color:var(--text)}
        input[name=axis]:focus-visible+label{outline:2px solid var(--c0);outline-offset:2px}
        .on-step,.on-epoch,.on-time{display:none}
        #by-step:checked~* .on-step,#by-epoch:checked~* .on-epoch,#by-time:checked~* .on-time{display:block}
        .scroll{overflow-x:auto;max-width:100%}.charts+.scroll{margin-top:16px}
        table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid var(--grid);vertical-align:top;max-width:420px;
        overflow-wrap:break-word}td:first-child{min-width:92px}
        th{color:var(--muted);font-weight:600}th.n,td.n{text-align:right}
        th button{all:unset;cursor:pointer}th button:focus-visible{outline:2px solid var(--c0)}
        th[aria-sort=ascending] button::after{content:" ▲"}th[aria-sort=descending] button::after{content:" ▼"}
        .sortable th,.sortable td{white-space:nowrap;max-width:none}.sortable td:first-child{min-width:0}
        .swatch{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:8px;vertical-align:-1px}
        .bars{max-width:900px;margin:4px 0 10px}.bars span{font-size:13px;color:var(--muted);overflow-wrap:anywhere}
        .bar{display:flex;height:22px;margin-bottom:6px}.bar i{display:block;border-right:1px solid var(--ground)}
        details{margin:10px 0}summary{cursor:pointer;color:var(--muted);font-size:13.5px}
        .heat .right{fill:var(--c0)}.heat .wrong{fill:var(--c1)}.heat text{font-size:10px}
        .heat .inside{fill:var(--ground);font-weight:600}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:10px 32px}
        .parallel .trial{stroke:color-mix(in srgb,var(--c0) var(--share),var(--grid));stroke-width:1.4;opacity:.8}
        .parallel .best{stroke:var(--c1);stroke-width:3;opacity:1}
        .halo{paint-order:stroke;stroke:var(--ground);stroke-width:3px;stroke-linejoin:round}
        .samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,220px),1fr));gap:12px}
        .samples img{display:block;width:100%;height:auto;image-rendering:pixelated;background:#fff}
        """
}
