import { planSolids } from "./src/data/scenes/solids.ts";
for (const kind of ["clevr","textured"] as const){ 
 for(let r=0;r<2;r++){let c0=process.cpuUsage(); const cnt=[0,0,0,0,0,0,0]; let a=0; for(let i=0;i<1000;i++){const p=planSolids(kind,1,i);cnt[p.objects.length]++;a+=p.attempt;} const c=process.cpuUsage(c0); console.log(kind,(c.user/1e6).toFixed(2),"ms cpu per scene",cnt,"att",a/1000);}
}
