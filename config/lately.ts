/** What was made of the last few texts: the same list is asked for again and again, and costs half a second at a thousand stores. */
export class Lately<T> {
  private readonly made: { text: string; it: T }[] = [];

  /** @param most so many texts are remembered */
  constructor(private readonly most: number) {}

  /** @param holds whether what was made then is still right @param make throws what is not remembered */
  of(text: string, make: () => T, holds: (it: T) => boolean = () => true): T {
    const at = this.made.findIndex((known) => known.text === text);
    const [known] = at < 0 ? [] : this.made.splice(at, 1);
    const it = known && holds(known.it) ? known.it : make();
    this.made.unshift({ text, it });
    this.made.splice(this.most);
    return it;
  }
}
