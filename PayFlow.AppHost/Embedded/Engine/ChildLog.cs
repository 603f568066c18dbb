namespace PayFlow.AppHost.Embedded;

/// <summary>
/// A child's lines of this run; those of the run before, or of before it grew too long, are kept beside it.
/// </summary>
internal sealed class ChildLog : IDisposable
{
    private const long MaxLength = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private StreamWriter? _writer;
    private long _length;

    public ChildLog(string folder, string name)
    {
        File = Path.Combine(folder, name + ".log");
        Begin();
    }

    public string File { get; }

    public void Write(string line)
    {
        lock (_gate)
        {
            if (_writer is null)
                return;
            try
            {
                _writer.WriteLine(line);
                _length += line.Length + 1;
                if (_length > MaxLength)
                    Begin();
            }
            catch (IOException)
            {
                // A full disk must not end the run: the line was on the console, and the next one is tried again.
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            try
            {
                _writer?.Dispose();
            }
            catch (IOException)
            {
                // What could not be written stays unwritten.
            }

            _writer = null;
        }
    }

    private void Begin()
    {
        _writer?.Dispose();
        if (System.IO.File.Exists(File))
            System.IO.File.Move(File, Path.ChangeExtension(File, ".previous.log"), overwrite: true);
        _writer = new StreamWriter(File) { AutoFlush = true };
        _length = 0;
    }
}
