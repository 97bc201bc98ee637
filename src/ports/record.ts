/** Record: where a process writes down what it did, a line at a time, for somebody to read when the run is over. */
export interface RecordFile {
  line(text: string): void;
}
