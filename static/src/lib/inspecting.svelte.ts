/** Which tab of the inspector is open: other places of the page can lead to one. */
class Inspecting {
  tab = $state("Gradients");

  show(tab: string): void {
    this.tab = tab;
    document.getElementById("inspector")?.scrollIntoView({ block: "nearest" });
  }
}

export const inspecting = new Inspecting();
